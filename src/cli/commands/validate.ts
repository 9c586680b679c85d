import { Option } from 'commander';
import { z } from 'zod';
import { renderComplaints } from '../../scenario/complaint.ts';
import type { Parsed } from '../../scenario/parse.ts';
import { scenarioFiles } from '../scenario-files.ts';
import type { DefineCommand } from './command.ts';

const validateOptions = z.object({ format: z.enum(['text', 'json']) });

export const define: DefineCommand = (command, run) =>
  void command
    .argument('[files...]', 'scenario files, or names of shipped ones; without any, all below this folder')
    .addOption(new Option('--format <format>', 'text or json').choices(['text', 'json']).default('text'))
    .action((names: string[], raw: unknown) => {
      const { format } = validateOptions.parse(raw);
      return run(async ({ cwd, dist, output }) => {
        const parsed = await (await scenarioFiles(cwd, dist)).parseAll(names);
        if (format === 'json') output.data(JSON.stringify({ files: parsed.map(asJson) }, null, 2));
        else for (const one of parsed) sayComplaints(one, output.data);
        const broken = parsed.filter(({ ok }) => !ok).length;
        const count = `${parsed.length} scenario ${parsed.length === 1 ? 'file' : 'files'}`;
        output.chatter(
          parsed.length === 0 ? 'There is no scenario file here.' : `${count}, ${broken} not valid`,
        );
        if (broken > 0) return 2;
        return parsed.length === 0 ? 5 : 0;
      });
    });

function sayComplaints(one: Parsed, say: (text: string) => void): void {
  const [source, complaints] = one.ok ? [one.scenario.source, one.warnings] : [one.source, one.complaints];
  if (complaints.length > 0) say(`${renderComplaints(source, complaints)}\n`);
}

function asJson(one: Parsed) {
  const [source, complaints] = one.ok ? [one.scenario.source, one.warnings] : [one.source, one.complaints];
  return {
    file: source.file,
    valid: one.ok,
    complaints: complaints.map(({ severity, message, hint, start }) => ({
      severity,
      ...source.at(start),
      message,
      hint,
    })),
  };
}
