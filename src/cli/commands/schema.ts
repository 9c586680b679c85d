import { Argument } from 'commander';
import { z } from 'zod';
import { configJsonSchema } from '../../config/json-schema.ts';
import { asyncApi } from '../../protocol/asyncapi.ts';
import { backendAbout, backendRoutes } from '../../protocol/backend-rest.ts';
import { openApi } from '../../protocol/openapi.ts';
import { relayAbout, relayRoutes } from '../../protocol/relay-rest.ts';
import { scenarioJsonSchema } from '../../scenario/json-schema.ts';
import type { DefineCommand } from './command.ts';

/** Everything that can be printed, by its name; servers stand where they listen by default. */
const documents: Readonly<Record<string, (version: string) => object>> = {
  scenario: () => scenarioJsonSchema(),
  config: () => configJsonSchema(),
  'openapi-relay': (version) =>
    openApi(relayRoutes, { ...relayAbout, version, url: 'http://localhost:9000' }),
  'openapi-backend': (version) =>
    openApi(backendRoutes, { ...backendAbout, version, url: 'http://localhost:8000' }),
  asyncapi: (version) => asyncApi({ version, host: 'localhost:9000', secure: false }),
};

const document = z.string();

export const define: DefineCommand = (command, run) =>
  void command
    .addArgument(
      new Argument('[what]', 'scenario files, collab-dev.yaml, or what the relay and the backends speak')
        .choices(Object.keys(documents))
        .default('scenario'),
    )
    .action((raw: unknown) => {
      const what = document.parse(raw);
      return run(async ({ output, version }) => {
        output.data(JSON.stringify(documents[what]?.(version), null, 2));
        return 0;
      });
    });
