import { scenarioJsonSchema } from '../../scenario/json-schema.ts';
import type { DefineCommand } from './command.ts';

export const define: DefineCommand = (command, run) =>
  void command.action(() =>
    run(async ({ output }) => {
      output.data(JSON.stringify(scenarioJsonSchema(), null, 2));
      return 0;
    }),
  );
