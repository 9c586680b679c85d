import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { z } from 'zod';
import { fromChild, type ToChild } from '../../src/protocol/control.ts';
import type { relayLimits } from '../../src/protocol/limits.ts';
import { nodeOptions } from '../../src/stack/children.ts';
import { type ProcessUnderTest, underTest } from '../bench/servers/process-under-test.ts';

export const secret = 'a secret that only the attackers do not have';

export interface RelayProcess extends ProcessUnderTest {
  lives(): boolean;
}

/** A relay in a process of its own, as it is bundled and started by a stack, without a journal. */
export async function startRelayProcess(
  limits: z.input<typeof relayLimits> = {},
  execArgv: readonly string[] = nodeOptions.relay,
): Promise<RelayProcess> {
  const child = fork(join(import.meta.dirname, '../../dist/relay.js'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [...execArgv],
  });
  const ready = Promise.withResolvers<string>();
  const configure: ToChild = {
    type: 'configure',
    id: 1,
    config: { port: 0, trust: { hs256_secret: secret }, limits },
  };
  child.on('message', (raw) => {
    const message = fromChild.parse(raw);
    if (message.type === 'hello') child.send(configure);
    if (message.type === 'failed') ready.reject(new Error(message.problem.message));
    if (message.type === 'ready') ready.resolve(message.url ?? '');
  });
  child.once('exit', () => ready.reject(new Error('The relay ended before it was ready.')));
  const server = underTest(child, await ready.promise);
  return {
    ...server,
    lives: () => child.exitCode === null && child.signalCode === null,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
