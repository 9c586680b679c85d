import { z } from 'zod';
import { Problem } from '../problem.ts';
import { didYouMean, listed } from '../scenario/nearest.ts';
import type { DefineCommand } from './commands/command.ts';
import { pickLiveRun } from './live-runs.ts';
import { reachRun } from './reach-run.ts';
import { formatOption, liveRunOption } from './run-option.ts';
import type { Snapshot } from './supervisor/control-frames.ts';

const options = z.object({ run: z.string().optional(), format: z.enum(['text', 'json']) });

/** A command that does one thing to processes of a stack that runs, in the order of their names. */
export const instanceCommand =
  (what: 'kill' | 'pause' | 'resume' | 'restart' | 'start'): DefineCommand =>
  (command, run) =>
    void command
      .argument('<names...>', 'processes by their names in "collab-dev ps"')
      .addOption(liveRunOption())
      .addOption(formatOption())
      .action((names: string[], raw: unknown) => {
        const { run: wanted, format } = options.parse(raw);
        return run(async ({ cwd, output }) => {
          await using reached = await reachRun(await pickLiveRun(cwd, wanted));
          for (const name of names) mustBeThere(name, reached.snapshot);
          const done: { readonly name: string; readonly text: string }[] = [];
          for (const instance of names) {
            const { text = '' } = await reached.command({ name: what, instance });
            done.push({ name: instance, text });
            if (format === 'text') output.data(text);
          }
          if (format === 'json') output.data(JSON.stringify({ done }, null, 2));
          return 0;
        });
      });

/** Every name that processes of a run answer to; `relay` is all nodes of a relay that has several. */
export function processNames({ instances }: Snapshot): readonly string[] {
  const names = instances.map(({ name }) => name);
  return instances.some(({ role }) => role === 'relay') && !names.includes('relay')
    ? ['relay', ...names]
    : names;
}

/** @throws Problem where nothing is called so */
export function mustBeThere(name: string, snapshot: Snapshot): void {
  const known = processNames(snapshot);
  if (!known.includes(name)) throw nobodyCalled(name, known);
}

const nobodyCalled = (name: string, known: readonly string[]) =>
  new Problem({
    code: 'no-such-instance',
    message: `Nothing in this stack is called "${name}".${didYouMean(name, known)}`,
    hint: `There are ${listed(known)}.`,
    exit: 2,
  });
