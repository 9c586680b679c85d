import { readFileSync } from 'node:fs';
import process from 'node:process';
import { openBackend } from '../../src/backend/backend.ts';
import { backendConfigFrom } from '../../src/backend/env.ts';

/** One backend from its environment, as a process that a test can build with something wrong in it. */
const config = backendConfigFrom(process.env, (path) => readFileSync(path, 'utf8'));
const backend = await openBackend(config, { tell() {} });
process.on('SIGTERM', () => {
  void backend[Symbol.asyncDispose]().then(() => process.exit(0));
});
