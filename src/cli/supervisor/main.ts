import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import manifest from '../../../package.json' with { type: 'json' };
import { childEnvironment } from '../../stack/child-environment.ts';
import { readVariables } from '../config-file/read-variables.ts';
import { openControlServer } from './control-server.ts';
import { expandSettings } from './expand-settings.ts';
import { handshakeFd } from './launch.ts';
import { superviseRun } from './run.ts';
import { runSettings } from './settings.ts';
import { makeControlAddress } from './socket-path.ts';
import { gracesOf } from './stop-time.ts';

/** A clean stop that hangs must not keep the process: what it runs dies with its IPC channels. */
const endWithinMs = 8000;

const folder = process.argv[2] ?? '.';
const written = runSettings.parse(JSON.parse(await readFile(join(folder, 'settings.json'), 'utf8')));
const dotenv = await readVariables(written.commands?.env_file);
const settings = expandSettings(written, dotenv ?? {}, process.env);

/** Owned by nobody while it starts: whoever started it is at the other end, and gone when this closes. */
const handshake = new Socket({ fd: handshakeFd });
handshake.on('error', () => {});
/** Listened for from the first moment: it may be gone before we listen ourselves. */
const starterGone = new Promise<void>((resolve) => handshake.on('close', () => resolve()));
let owned = false;
/** The owner has come, or never will: a run that fails at once still has somebody to tell. */
const met = Promise.withResolvers<void>();

const run = superviseRun({
  settings,
  folder,
  home: import.meta.dirname,
  environment: childEnvironment(process.env),
  version: manifest.version,
  changed: () => control.snapshotChanged(),
  grew: () => control.journalGrew(),
});
const address = await makeControlAddress(folder, tmpdir());
const control = await openControlServer({
  path: address.path,
  snapshot: run.snapshot,
  journal: run.journal,
  async command(command, gone) {
    if (command.name !== 'stop') return run.command(command, gone);
    if (command.force) process.exit(1);
    run.stop();
    return {};
  },
  // Of a run that is to stay, the one who started it looks on until it is ready.
  onView: () => {
    if (settings.detached) met.resolve();
  },
  onOwner: () => {
    owned = true;
    met.resolve();
  },
  onOwnerGone: run.stop,
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, run.stop);
process.on('uncaughtException', (error) => {
  // The log keeps it for the case that nobody is left to be told.
  process.stderr.write(`${error.stack}\n`);
  run.crash(error);
});
void starterGone.then(() => {
  const { phase, play } = run.snapshot();
  // A replay is worth keeping once there is a verdict.
  const isThere = settings.mode === 'up' ? phase !== 'starting' : play?.state === 'ended';
  const stays = settings.detached && isThere;
  if (!owned && !stays) run.stop();
  met.resolve();
});
handshake.resume().unref();
handshake.write('listening\n');

run.stopping.addEventListener('abort', () =>
  setTimeout(() => process.exit(1), endWithinMs + gracesOf(settings)).unref(),
);
await run.run();
await met.promise;
await control.settled(1000);
await control[Symbol.asyncDispose]();
await address[Symbol.asyncDispose]();
handshake.destroy();
