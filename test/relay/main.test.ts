import { fork } from 'node:child_process';
import { on, once } from 'node:events';
import { join as path } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fromChild } from '../../src/protocol/control.ts';

test('as a child process it opens, counts and stops, and ends with its supervisor', async () => {
  const child = fork(path(import.meta.dirname, '../../src/relay/main.ts'));
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const messages = on(child, 'message');
  const next = async (type: string) => {
    for (;;) {
      const { value } = await messages.next();
      const message = fromChild.parse(value?.[0]);
      if (message.type === type) return message;
    }
  };
  const config = { port: 0, trust: { insecure: true } };
  await next('hello');
  child.send({ type: 'configure', id: 1, config });
  const ready = await next('ready');
  expect(ready).toMatchObject({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
  child.send({ type: 'census', id: 2 });
  expect(await next('done')).toMatchObject({ census: { links: [], runnable: { receipts: 0 } } });
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
