import { Option } from 'commander';
import { z } from 'zod';
import { withPositionNames } from '../../dashboard/position-name.ts';
import { Problem } from '../../problem.ts';
import { eventType } from '../../protocol/events.ts';
import { didYouMean, listed } from '../../scenario/nearest.ts';
import { eventCame, quietCame, readyCame } from '../await-run.ts';
import { type AwaitedEvent, awaitedStages } from '../awaited-event.ts';
import { pickLiveRun } from '../live-runs.ts';
import { liveRunOption } from '../run-option.ts';
import { durationOf } from '../time-option.ts';
import type { DefineCommand } from './command.ts';

const waitOptions = z.object({
  run: z.string().optional(),
  event: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  about: z.string().optional(),
  stage: z.enum(awaitedStages),
  within: z.number(),
  json: z.boolean().default(false),
});
type WaitOptions = z.infer<typeof waitOptions>;

const usualMs = 30_000;

const more = `
  collab-dev wait                                               until everything is ready
  collab-dev wait quiet --within 5s                             until nothing is under way any more
  collab-dev wait --event position_shared --from alice --to bob
  collab-dev wait --event "$(collab-dev send comment bob berlin-calls Great)" --to alice
An event that came before counts, too. Exits with 1 where it has not come in time, and with 3 where the stack is gone.`;

export const define: DefineCommand = (command, run) =>
  void command
    .argument('[what]', 'ready or quiet; without it ready, or the event that --event names')
    .option('--event <type|id>', 'an event, by its type or its id')
    .option('--from <user>', 'of this sender')
    .option('--to <user>', 'for this recipient')
    .option('--about <position>', 'about this position')
    .addOption(
      new Option('--stage <stage>', 'how far it has to have come')
        .choices(awaitedStages)
        .default('delivered'),
    )
    .addOption(
      new Option('--within <duration>', 'for how long').argParser(durationOf).default(usualMs, '30s'),
    )
    .option('--json', 'print what came as one object')
    .addOption(liveRunOption())
    .addHelpText('after', more)
    .action((what: string | undefined, raw: unknown) => {
      const options = waitOptions.parse(raw);
      const wanted = wantedOf(what, options);
      return run(async ({ cwd, output }) => {
        const live = await pickLiveRun(cwd, options.run).catch(goneToo);
        const { text, data } =
          wanted === 'ready'
            ? await readyCame(live, options.within)
            : wanted === 'quiet'
              ? await quietCame(live, options.within)
              : await eventCame(live, wanted, options.within);
        output.data(options.json ? JSON.stringify(data) : withPositionNames(text));
        return 0;
      });
    });

function wantedOf(what: string | undefined, options: WaitOptions): 'ready' | 'quiet' | AwaitedEvent {
  const { event, from, to, about, stage } = options;
  if (what !== undefined && event !== undefined) throw twoThings(what);
  if (event !== undefined) {
    const types: readonly string[] = eventType.options;
    if (!types.includes(event) && !/^[0-9a-f]{8}-/.test(event)) throw noSuchType(event);
    return { event, from, to, about, stage };
  }
  if (from ?? to ?? about) throw needsEvent();
  if (what === undefined || what === 'ready') return 'ready';
  if (what === 'quiet') return what;
  throw noSuchThing(what);
}

/** Who waits for a stack that is not there (any more) is told so by its own exit code. */
function goneToo(error: unknown): never {
  if (!(error instanceof Problem) || error.code !== 'no-live-run') throw error;
  const { code, message, hint } = error;
  throw new Problem({ code, message, hint, exit: 3, cause: error });
}

const twoThings = (what: string) =>
  new Problem({ code: 'two-things', message: `Wait either for "${what}" or for an --event.`, exit: 2 });

const needsEvent = () =>
  new Problem({
    code: 'needs-event',
    message: '--from, --to and --about say which --event is meant, and there is none.',
    exit: 2,
  });

const noSuchThing = (given: string) =>
  new Problem({
    code: 'no-such-thing',
    message: `Nobody can wait for "${given}".${didYouMean(given, ['ready', 'quiet'])}`,
    hint: 'There are ready, quiet and --event.',
    exit: 2,
  });

const noSuchType = (given: string) =>
  new Problem({
    code: 'no-such-type',
    message: `"${given}" is neither a type of event nor an id.${didYouMean(given, eventType.options)}`,
    hint: `There are ${listed(eventType.options)}.`,
    exit: 2,
  });
