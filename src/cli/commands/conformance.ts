import { resolve } from 'node:path';
import process from 'node:process';
import { Option } from 'commander';
import { z } from 'zod';
import { checks } from '../../conformance/checks/index.ts';
import { checkLines, groupOf, summaryLines } from '../../conformance/report-lines.ts';
import type { Checked } from '../../conformance/run-checks.ts';
import { chosen, runConformance } from '../../conformance/run-conformance.ts';
import { Problem } from '../../problem.ts';
import { userId } from '../../protocol/ids.ts';
import { listenToSignals } from '../signals.ts';
import type { CommandContext, DefineCommand } from './command.ts';

const conformanceOptions = z.object({
  url: z.string().optional(),
  command: z.string().optional(),
  user: z.string(),
  cwd: z.string().optional(),
  relayPort: z.coerce.number().int().min(0).max(65_535),
  within: z.coerce.number().positive(),
  startWithin: z.coerce.number().positive(),
  only: z.array(z.string()).default([]),
  log: z.string().optional(),
  list: z.boolean().optional(),
  format: z.enum(['text', 'json']),
});
type Options = z.infer<typeof conformanceOptions>;

const more = `
It starts a relay, plays two friends, a stranger and somebody in between, and holds the backend against the contract,
sentence by sentence. With a command it starts the backend itself, and can also kill it and start it again:
  collab-dev conformance -- uvicorn app:app --port 8001
  collab-dev conformance --command 'uvicorn app:app --port $PORT'
  collab-dev conformance --url http://127.0.0.1:8001 --user bob
With --url it prints the environment in which the backend has to be started, and waits for it.

Environment:
  COLLAB_JWT_SECRET  with --url: the secret that the backend believes already; absent: a key of this run`;

export const define: DefineCommand = (command, run) =>
  void command
    .argument('[command...]', 'behind "--": the command that starts the backend, on $PORT')
    .option('--command <line>', 'the same, for a shell')
    .option('--url <url>', 'a backend that you start yourself')
    .option('--user <name>', 'whose backend it is', 'bob')
    .option('--cwd <folder>', 'where the command runs')
    .option('--relay-port <n>', 'where its relay is; 0 takes any free port', '0')
    .option('--within <seconds>', 'how long one thing may take', '10')
    .option('--start-within <seconds>', 'how long the backend may take until it is connected', '60')
    .option('--only <id...>', 'only checks whose id begins so')
    .option('--log <file>', 'where to put what the backend prints')
    .option('--list', 'print the checks, and check nothing')
    .addOption(new Option('--format <format>', 'text or json').choices(['text', 'json']).default('text'))
    .addHelpText('after', more)
    .action((words: unknown, raw: unknown) => {
      const list = z.array(z.string()).parse(words);
      const options = conformanceOptions.safeParse(raw);
      return run(async (context) => {
        if (!options.success) throw badOption(z.prettifyError(options.error));
        if (options.data.list) return listChecks(context, options.data);
        return check(context, options.data, list);
      });
    });

function listChecks({ output }: CommandContext, { only }: Options): 0 {
  for (const { id, level, section, title } of chosen(only)) {
    output.data(`${id.padEnd(36)} ${level.padEnd(6)} ${section.padEnd(4)} ${title}`);
  }
  return 0;
}

async function check(context: CommandContext, options: Options, words: readonly string[]): Promise<0 | 1> {
  const { output, cwd, env } = context;
  const { format, only, url, user, log } = options;
  const name = userId.safeParse(user);
  if (!name.success) throw badOption(`--user ${user} is no user's name.`);
  if (chosen(only).length === 0) throw nothingChosen(only);
  const line = options.command ?? (words.length > 0 ? words : undefined);
  if ((line === undefined) === (url === undefined)) throw oneTarget();
  if (url !== undefined && !URL.canParse(url)) throw badOption(`--url ${url} is no URL.`);

  const stopped = new AbortController();
  using signals = listenToSignals(process, {
    stop: () => stopped.abort(),
    force: () => process.exit(130),
  });
  let group = '';
  const say = (text: string) => (format === 'json' ? output.chatter(text) : output.data(text));
  const report = await runConformance({
    user: name.data,
    target:
      line === undefined
        ? { url: url ?? '' }
        : {
            command: line,
            cwd: resolve(cwd, options.cwd ?? '.'),
            env: inherited(env),
            log: log === undefined ? undefined : resolve(cwd, log),
          },
    relayPort: options.relayPort,
    secret: url === undefined ? undefined : env.COLLAB_JWT_SECRET,
    withinMs: options.within * 1000,
    startWithinMs: options.startWithin * 1000,
    only,
    signal: stopped.signal,
    onWaiting(environment) {
      output.chatter('Start the backend with this environment, and a DATA_DIR of its own:\n');
      for (const [key, value] of Object.entries(environment)) output.chatter(`  export ${key}='${value}'`);
      output.chatter(`\nWaiting for it for up to ${options.startWithin} s …`);
    },
    onChecked(checked: Checked) {
      if (format === 'json') return;
      if (groupOf(checked.check) !== group) {
        group = groupOf(checked.check);
        say(`\n${group}`);
      }
      for (const text of checkLines(checked)) say(text);
    },
  });
  if (format === 'json') output.data(JSON.stringify(report, null, 2));
  else for (const text of summaryLines(report)) say(text);
  await output.drained();
  signals.reraise();
  return report.conforms ? 0 : 1;
}

/** Its author's environment, but for what would tell it of another relay than this one. */
function inherited(env: CommandContext['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([key, value]) =>
      value === undefined || key.startsWith('COLLAB_') ? [] : [[key, value]],
    ),
  );
}

const badOption = (message: string) => new Problem({ code: 'bad-option', message, exit: 2 });

const oneTarget = () =>
  new Problem({
    code: 'no-backend',
    message: 'Which backend? Either a command behind "--" (or in --command), or --url, and not both.',
    hint: 'For example: collab-dev conformance -- uvicorn app:app --port 8001',
    exit: 2,
  });

const nothingChosen = (only: readonly string[]) =>
  new Problem({
    code: 'no-checks',
    message: `No check has an id that begins with ${only.join(' or ')}.`,
    hint: `The groups are ${[...new Set(checks.map(groupOf))].join(', ')}; "collab-dev conformance --list" prints all.`,
    exit: 2,
  });
