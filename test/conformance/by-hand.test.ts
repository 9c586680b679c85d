import { afterAll, expect, test } from 'vitest';
import { type Backend, openBackend } from '../../src/backend/backend.ts';
import { backendConfigFrom } from '../../src/backend/env.ts';
import { runConformance } from '../../src/conformance/run-conformance.ts';
import { userId } from '../../src/protocol/ids.ts';
import { choosePort } from '../../src/stack/choose-port.ts';
import { temporaryFolder } from '../stack/rig.ts';

const folder = await temporaryFolder();
afterAll(() => folder[Symbol.asyncDispose]());

test.each([
  ['a key of the run', undefined],
  ['a secret that the backend believes already', 'a secret of 32 characters, or of more'],
])('a backend that somebody starts by hand is looked at, but for its restarts: %s', async (name, secret) => {
  let backend: Promise<Backend> | undefined;
  const port = await choosePort('127.0.0.1', new Set(), 'a backend');
  try {
    const { conforms, checks } = await runConformance({
      user: userId.parse('alice'),
      target: { url: `http://127.0.0.1:${port}` },
      relayPort: 0,
      secret,
      withinMs: 20_000,
      startWithinMs: 60_000,
      only: ['auth', 'cors', 'deliver.', 'relay', 'restart'],
      signal: new AbortController().signal,
      onWaiting(environment) {
        const config = backendConfigFrom({ ...environment, DATA_DIR: `${folder.path}/${name}` }, () => '');
        backend = openBackend(config, { tell() {} });
      },
      onChecked() {},
    });
    expect(checks.filter(({ result }) => result === 'broken')).toEqual([]);
    const unseen = checks.filter(({ result }) => result === 'not_checked').map(({ id }) => id);
    const restarts = checks.map(({ id }) => id).filter((id) => id.startsWith('restart.'));
    expect(unseen).toEqual(['cors.own-page', 'relay.token-file', ...restarts]);
    expect(conforms).toBe(true);
  } finally {
    await (await backend)?.[Symbol.asyncDispose]();
  }
});
