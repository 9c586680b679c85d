import type { Command } from 'commander';
import { Option } from 'commander';
import { z } from 'zod';
import { Problem } from '../../problem.ts';
import { type PositionChange, positionChange } from '../../protocol/positions.ts';
import type { CommandExit } from '../exit-codes.ts';
import { knownUser } from '../known-user.ts';
import { pickLiveRun } from '../live-runs.ts';
import { type ReachedRun, reachRun } from '../reach-run.ts';
import { formatOption, liveRunOption } from '../run-option.ts';
import { isReached, positionNamed, receiptLine, receiptsOf } from '../send-act.ts';
import type { Act } from '../supervisor/control-frames.ts';
import { durationOf } from '../time-option.ts';
import type { CommandContext, DefineCommand } from './command.ts';

const sendOptions = z.object({
  run: z.string().optional(),
  wait: z.boolean().default(false),
  within: z.number(),
  format: z.enum(['text', 'json']),
});
type SendOptions = z.infer<typeof sendOptions>;

const usualMs = 10_000;

/** What is to be sent, once it is known who and what there is. */
type MakeAct = (reached: ReachedRun, users: readonly string[]) => Promise<readonly Act[]>;

const more = `
A user acts through their own backend, as on their page. The ids of the events are printed, a line each:
  collab-dev send share alice berlin-calls bob carol --wait
  collab-dev send comment bob berlin-calls "Great setup!"
  collab-dev send update alice berlin-calls notes="Rolled" quantity=5
  collab-dev send revoke alice berlin-calls bob`;

export const define: DefineCommand = (command, run) => {
  const add = (name: string, usage: string, summary: string, actOf: (words: string[]) => MakeAct): void => {
    const sub: Command = command
      .command(name)
      .usage(usage)
      .description(summary)
      .argument('<words...>', usage)
      .option('--wait', 'follow the events to the last receipt; exits with 1 where one did not get there')
      .addOption(
        new Option('--within <duration>', 'for how long, with --wait')
          .argParser(durationOf)
          .default(usualMs, '10s'),
      )
      .addOption(liveRunOption())
      .addOption(formatOption());
    sub.action((words: string[], raw: unknown) => {
      const options = sendOptions.parse(raw);
      return run((context) => send(context, actOf(words), options));
    });
  };

  add('share', 'USER POSITION FRIEND…', 'Shares a position with friends.', (words) => {
    const [user, position, others] = three('share', words, 'USER POSITION FRIEND…');
    return async (reached, users) => [
      {
        verb: 'share',
        ...(await subject(reached, users, user, position)),
        others: others.map((other) => knownUser(other, users)),
      },
    ];
  });
  add('comment', 'USER POSITION TEXT', 'Comments on a position.', (words) => {
    const [user, position, text] = three('comment', words, 'USER POSITION TEXT');
    return async (reached, users) => [
      { verb: 'comment', ...(await subject(reached, users, user, position)), text: text.join(' ') },
    ];
  });
  add('update', 'USER POSITION KEY=VALUE…', 'Changes a position.', (words) => {
    const [user, position, pairs] = three('update', words, 'USER POSITION KEY=VALUE…');
    const set = changeOf(pairs);
    return async (reached, users) => [
      { verb: 'update', ...(await subject(reached, users, user, position)), set },
    ];
  });
  add('revoke', 'USER POSITION FRIEND…', 'Takes a share back.', (words) => {
    const [user, position, others] = three('revoke', words, 'USER POSITION FRIEND…');
    return async (reached, users) => {
      const of = await subject(reached, users, user, position);
      return others.map((other) => ({ verb: 'revoke', ...of, other: knownUser(other, users) }));
    };
  });
  command
    .addHelpText('after', more)
    .showHelpAfterError(
      'There are share, comment, update and revoke; options stand behind: collab-dev send share alice berlin-calls bob --wait',
    );
};

async function send(
  { cwd, output }: CommandContext,
  make: MakeAct,
  { run, wait, within, format }: SendOptions,
): Promise<CommandExit> {
  const sent: string[] = [];
  const receipts = receiptsOf(() => true);
  const done = Promise.withResolvers<'done'>();
  const check = (): void => {
    if (acted && receipts.isDone(sent)) done.resolve('done');
  };
  let acted = false;
  await using reached = await reachRun(await pickLiveRun(cwd, run), {
    ...(wait && { from: 0 }),
    onEntries(entries) {
      for (const entry of entries) receipts.take(entry);
      check();
    },
  });
  const users = Object.keys(reached.snapshot.friends);
  for (const act of await make(reached, users)) {
    const { text = '', event_ids = [] } = await reached.command({ name: 'act', act });
    sent.push(...event_ids);
    if (format === 'text') output.chatter(text);
    if (format === 'text' && !wait) for (const id of event_ids) output.data(id);
  }
  acted = true;
  if (!wait) {
    if (format === 'json') output.data(JSON.stringify({ event_ids: sent }, null, 2));
    return 0;
  }
  check();
  const timer = setTimeout(() => done.resolve('done'), within);
  const end = await Promise.race([done.promise, reached.closed.then(() => 'gone' as const)]);
  clearTimeout(timer);
  const told = receipts.all().filter(({ event }) => sent.includes(event));
  if (format === 'json') output.data(JSON.stringify({ event_ids: sent, receipts: told }, null, 2));
  else for (const receipt of told) output.data(receiptLine(receipt));
  if (end === 'gone') throw stackGone();
  const isWhole = receipts.isDone(sent);
  if (!isWhole) output.chatter(`Not everybody has answered within ${within / 1000} s.`);
  return isWhole && told.every(isReached) ? 0 : 1;
}

async function subject(reached: ReachedRun, users: readonly string[], user: string, position: string) {
  const who = knownUser(user, users);
  return { user: who, position: await positionNamed(reached, who, position) };
}

function three(
  verb: string,
  [a, b, ...rest]: readonly string[],
  usage: string,
): readonly [string, string, readonly string[]] {
  if (a === undefined || b === undefined || rest.length === 0) throw tooFew(verb, usage);
  return [a, b, rest];
}

/** `notes=Rolled quantity=5`: a value is JSON where it reads as such, else text. */
function changeOf(pairs: readonly string[]): PositionChange {
  const entries = pairs.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw noPair(pair);
    return [pair.slice(0, at), readValue(pair.slice(at + 1))] as const;
  });
  const change = positionChange.safeParse(Object.fromEntries(entries));
  if (!change.success) throw noChange(z.prettifyError(change.error));
  return change.data;
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const tooFew = (verb: string, usage: string) =>
  new Problem({ code: 'too-few', message: `It is: collab-dev send ${verb} ${usage}`, exit: 2 });

const noPair = (given: string) =>
  new Problem({
    code: 'bad-change',
    message: `"${given}" says nothing to change: it is KEY=VALUE, like notes="Rolled".`,
    exit: 2,
  });

const noChange = (why: string) =>
  new Problem({ code: 'bad-change', message: `That cannot be set: ${why}`, exit: 2 });

const stackGone = () =>
  new Problem({
    code: 'stack-gone',
    message: 'The stack has ended before everybody had answered.',
    hint: '"collab-dev explain last" says how far the event came.',
  });
