import process from 'node:process';
import { z } from 'zod';
import { serveChild } from '../host/serve-child.ts';
import { backendConfig } from '../protocol/backend-config.ts';
import { singleConfig } from '../protocol/single-config.ts';
import { openBackend } from './backend.ts';
import { openSingle } from './single/open-single.ts';

serveChild({
  process,
  schema: z.union([backendConfig, singleConfig]),
  open: (config, context) => ('users' in config ? openSingle(config, context) : openBackend(config, context)),
});
