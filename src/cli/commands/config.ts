import { Option } from 'commander';
import { Document, isMap, isScalar } from 'yaml';
import { z } from 'zod';
import { configOption } from '../config-file/config-option.ts';
import { usual } from '../config-file/setting.ts';
import { projectSettings } from '../config-file/stack-settings.ts';
import { describeSettings } from '../describe-settings.ts';
import type { DefineCommand } from './command.ts';

const configOptions = z.object({ format: z.enum(['yaml', 'json']), config: z.string().optional() });

export const define: DefineCommand = (command, run) =>
  void command
    .addOption(configOption())
    .addOption(new Option('--format <format>', 'yaml or json').choices(['yaml', 'json']).default('yaml'))
    .action((raw: unknown) => {
      const { format, config } = configOptions.parse(raw);
      return run(async (context) => {
        const project = await projectSettings({ config }, context);
        const settings = describeSettings(context, project);
        context.output.data(format === 'json' ? JSON.stringify(settings, null, 2) : asYaml(settings));
        return 0;
      });
    });

/** As YAML, with a comment above each setting of the stack that somebody has said something about. */
function asYaml({ from, ...settings }: ReturnType<typeof describeSettings>): string {
  const document = new Document(settings);
  const up = document.get('up');
  for (const pair of isMap(up) ? up.items : []) {
    const { key } = pair;
    const source = isScalar(key) ? from[String(key.value)] : undefined;
    if (isScalar(key) && source !== undefined && source !== usual) key.commentBefore = ` ${source}`;
  }
  return document.toString().trimEnd();
}
