import { basename } from 'node:path';
import { Option } from 'commander';
import { z } from 'zod';
import { type Complaint, renderComplaints } from '../../scenario/complaint.ts';
import type { Source } from '../../scenario/source.ts';
import { configOption } from '../config-file/config-option.ts';
import { configName } from '../config-file/find-config.ts';
import { type ReadConfig, readConfig } from '../config-file/load-config.ts';
import { scenarioFiles } from '../scenario-files.ts';
import type { CommandContext, DefineCommand } from './command.ts';

const validateOptions = z.object({ format: z.enum(['text', 'json']), config: z.string().optional() });

/** A file and all that is wrong with it. */
interface Checked {
  readonly source: Source;
  readonly valid: boolean;
  readonly complaints: readonly Complaint[];
}

export const define: DefineCommand = (command, run) =>
  void command
    .argument(
      '[files...]',
      'scenario files, names of shipped ones, or a collab-dev.yaml; without any, all below this folder and its configuration',
    )
    .addOption(configOption())
    .addOption(new Option('--format <format>', 'text or json').choices(['text', 'json']).default('text'))
    .action((names: string[], raw: unknown) => {
      const { format, config } = validateOptions.parse(raw);
      return run(async (context) => {
        const { output } = context;
        const checked = await check(context, names, config);
        if (format === 'json') output.data(JSON.stringify({ files: checked.map(asJson) }, null, 2));
        else for (const one of checked) sayComplaints(one, output.data);
        const broken = checked.filter(({ valid }) => !valid).length;
        const count = `${checked.length} ${checked.length === 1 ? 'file' : 'files'}`;
        output.chatter(
          checked.length === 0
            ? 'There is no scenario file here.'
            : `${count}, ${broken === 0 ? 'nothing wrong' : `${broken} not valid`}`,
        );
        if (broken > 0) return 2;
        return checked.length === 0 ? 5 : 0;
      });
    });

/** The configuration is checked where it is named, or where nothing is; its backends are known in any case. */
async function check(
  { cwd, env, dist: home }: CommandContext,
  names: readonly string[],
  config: string | undefined,
): Promise<readonly Checked[]> {
  const [named] = names.filter((name) => basename(name) === configName);
  const scenarios = names.filter((name) => basename(name) !== configName);
  const read = await readConfig({ cwd, env, file: named ?? config, home });
  const asked = named !== undefined || config !== undefined || names.length === 0;
  const files = await scenarioFiles(cwd, home, backendsOf(read));
  const onlyConfig = named !== undefined && scenarios.length === 0;
  const parsed = onlyConfig ? [] : await files.parseAll(scenarios);
  return [
    ...(read && asked ? [ofConfig(read)] : []),
    ...parsed.map(
      (one): Checked =>
        one.ok
          ? { source: one.scenario.source, valid: true, complaints: one.warnings }
          : { source: one.source, valid: false, complaints: one.complaints },
    ),
  ];
}

const backendsOf = (read: ReadConfig | undefined): string[] =>
  read?.parsed.ok ? Object.keys(read.parsed.config.backends) : [];

const ofConfig = ({ parsed }: ReadConfig): Checked =>
  parsed.ok
    ? { source: parsed.config.source, valid: true, complaints: [] }
    : { source: parsed.source, valid: false, complaints: parsed.complaints };

function sayComplaints({ source, complaints }: Checked, say: (text: string) => void): void {
  if (complaints.length > 0) say(`${renderComplaints(source, complaints)}\n`);
}

function asJson({ source, valid, complaints }: Checked) {
  return {
    file: source.file,
    valid,
    complaints: complaints.map(({ severity, message, hint, start }) => ({
      severity,
      ...source.at(start),
      message,
      hint,
    })),
  };
}
