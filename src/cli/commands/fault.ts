import type { Command } from 'commander';
import { z } from 'zod';
import type { FaultVerb } from '../../scenario/fault-verb.ts';
import { listed } from '../../scenario/nearest.ts';
import { faultVerbs } from '../../scenario/verbs/index.ts';
import { pickLiveRun } from '../live-runs.ts';
import { reachRun } from '../reach-run.ts';
import { formatOption, liveRunOption } from '../run-option.ts';
import { flagsOf, saidFault } from '../said-fault.ts';
import type { Snapshot } from '../supervisor/control-frames.ts';
import type { DefineCommand } from './command.ts';

const own = { run: z.string().optional(), format: z.enum(['text', 'json']) };
const listOptions = z.object(own);
const faultOptions = z.object(own).catchall(z.string());

const more = `
What it can be told is what the scenario language knows, in the same words:
  collab-dev fault cut alice                                    alice's link to the relay, both ways
  collab-dev fault delay alice relay --by 300ms --for 10s       late, and healed after ten seconds
  collab-dev fault drop --from relay --to bob --type position_shared --nth 1 --as lost
It lasts until "collab-dev heal", or for as long as --for says.`;

export const define: DefineCommand = (command, run) => {
  for (const verb of faultVerbs) defineOne(command, verb, run);
  withRun(command.command('list').description('What is in force now.')).action((raw: unknown) => {
    const { run: wanted, format } = listOptions.parse(raw);
    return run(async ({ cwd, output }) => {
      await using reached = await reachRun(await pickLiveRun(cwd, wanted));
      const { faults } = reached.snapshot;
      if (format === 'json') output.data(JSON.stringify({ faults }, null, 2));
      else for (const fault of faults) output.data(line(fault));
      if (faults.length === 0) output.chatter('No fault is in force.');
      return 0;
    });
  });
  command.addHelpText('after', more).showHelpAfterError(usage);
};

/** Behind what was wrong with a line that names no fault, or says something in front of it. */
const usage = `There are ${listed(faultVerbs.map(({ name }) => name))}; options stand behind: collab-dev fault cut alice --for 10s`;

function defineOne(command: Command, verb: FaultVerb, run: Parameters<DefineCommand>[1]): void {
  const sub = command
    .command(verb.name)
    .description(verb.summary)
    .argument('[ends...]', 'the two names that it lies between; one alone means its link to the relay');
  for (const { flags, description } of flagsOf(verb)) sub.option(flags, description);
  withRun(sub).action((ends: string[], raw: unknown) => {
    const { run: wanted, format, ...flags } = faultOptions.parse(raw);
    return run(async ({ cwd, output }) => {
      const said = saidFault(ends, flags);
      await using reached = await reachRun(await pickLiveRun(cwd, wanted));
      const answer = await reached.command({ name: 'fault', verb: verb.name, said });
      output.data(format === 'json' ? JSON.stringify({ fault: answer.fault }) : (answer.text ?? ''));
      return 0;
    });
  });
}

const withRun = (command: Command): Command => command.addOption(liveRunOption()).addOption(formatOption());

/** `cut-1  cut alice ↔ relay`, with its name in front where it has one. */
function line({ id, name, verb, from, to, both, how }: Snapshot['faults'][number]): string {
  const what = `${verb} ${from} ${both ? '↔' : '→'} ${to}${how ? ` (${how})` : ''}`;
  return `${name ?? id}  ${what}`;
}
