import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromChild, type ToChild } from '../../../src/protocol/control.ts';
import { type ProcessUnderTest, startServer, underTest } from './process-under-test.ts';

const root = join(import.meta.dirname, '../../..');
export const bin = join(root, 'bin/collab-dev.js');

/** Signs the tokens of all rows: every relay here believes nobody without one. */
export const secret = 'a secret that only the benchmarks know';

/** `collab-dev relay` as somebody would deploy it: every check, default limits, no journal. */
export const startDeployedRelay = (): Promise<ProcessUnderTest> =>
  startServer(bin, ['relay', '--port', '0'], { COLLAB_JWT_SECRET: secret });

export const startBriefServer = (): Promise<ProcessUnderTest> =>
  startServer(join(import.meta.dirname, 'brief-server.js'));

/** The relay as a stack starts it: over IPC, with its journal in a folder that goes away with it. */
export async function startHarnessRelay(): Promise<ProcessUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'collab-dev-bench-'));
  const child = fork(join(root, 'dist/relay.js'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ready = Promise.withResolvers<string>();
  child.on('message', (raw) => {
    const message = fromChild.parse(raw);
    if (message.type === 'hello') child.send(configure);
    if (message.type === 'failed') ready.reject(new Error(message.problem.message));
    if (message.type === 'ready') ready.resolve(message.url ?? '');
  });
  const configure: ToChild = {
    type: 'configure',
    id: 1,
    journal: { file: join(folder, 'relay.1.ndjson'), process: 'relay', generation: 1 },
    config: { port: 0, trust: { hs256_secret: secret }, run_id: 'bench' },
  };
  const server = underTest(child, await ready.promise);
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      const stop: ToChild = { type: 'stop', id: 2 };
      child.send(stop);
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
