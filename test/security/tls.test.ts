import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { toStackConfig } from '../../src/scenario/stack-needs.ts';
import type { WantedFault } from '../../src/stack/stack.ts';
import { startStack } from '../../src/stack/start-stack.ts';
import { createAuthority } from '../../src/stack/tls/certificate.ts';
import { aFolder as aDataFolder, startRelay, startUser } from '../backend/rig.ts';
import { scenarioOf, yamlFiles } from '../scenario/fixtures.ts';
import { playOn, realPool } from '../scenario/rig.ts';
import { temporaryFolder } from '../stack/rig.ts';

const pool = realPool();
afterAll(() => pool[Symbol.asyncDispose]());

/** A relay and two friends' backends, each with a certificate of one authority; bob may know another one. */
async function threeServers(bobsAuthority?: string) {
  const folder = await aDataFolder();
  const authority = createAuthority('test');
  const write = async (name: string, text: string) => {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const filesFor = async (name: string) => {
    const { cert, key } = authority.certify(name);
    return { cert_file: await write(`${name}.pem`, cert), key_file: await write(`${name}.key`, key) };
  };
  const ca_file = await write('ca.pem', authority.cert);
  const bobs = bobsAuthority === undefined ? ca_file : await write('other.pem', bobsAuthority);
  const relay = await startRelay(0, {}, { tls: await filesFor('relay') });
  const someone = async (name: string, friend: string, ca: string) =>
    startUser(name, {
      relay,
      friends: [friend],
      connected: false,
      config: { tls: await filesFor(name), ca_file: ca },
    });
  return {
    relay,
    alice: await someone('alice', 'bob', ca_file),
    bob: await someone('bob', 'alice', bobs),
  };
}

test('relay and backends speak TLS, and know one another by their authority', async () => {
  const { relay, alice, bob } = await threeServers();
  expect([relay.url, alice.backend.url, bob.backend.url].every((url) => url.startsWith('https://'))).toBe(
    true,
  );
  const connected = () =>
    relay
      .census()
      .links.map(({ user }) => user)
      .sort();
  await expect.poll(connected, { timeout: 15_000 }).toEqual(['alice', 'bob']);
});

test('a backend that knows another authority gives the relay nothing', async () => {
  const { relay, bob } = await threeServers(createAuthority('other').cert);
  await expect
    .poll(() => relay.census().links.map(({ user }) => user), { timeout: 15_000 })
    .toEqual(['alice']);
  expect(bob.backend.census().links).toEqual([]);
});

test('a scenario on a stack with TLS: everything but who dials a backend is as without', async () => {
  await using folder = await temporaryFolder();
  const share = yamlFiles('scenarios').find(({ name }) => name === 'share');
  const scenario = scenarioOf(share?.text ?? '', share?.file);
  await using stack = await startStack(
    {
      ...toStackConfig(scenario),
      ports: 'auto',
      runId: 'run-1',
      folder: folder.path,
      links: true,
      tls: true,
    },
    { pool },
  );
  expect(stack.relayUrl).toMatch(/^https:/);
  expect(await readFile(join(folder.path, 'secrets/ca.pem'), 'utf8')).toBe(stack.authorities);
  const { verdict, said } = await playOn(scenario, stack);
  expect(verdict.outcome, said).toBe('passed');

  const refusal = (fault: WantedFault) => stack.impose(fault).then(String, ({ code }) => String(code));
  const both = true;
  expect(await refusal({ verb: 'cut', from: 'alice', to: 'bob', both })).toBe('hidden-by-tls');
  const place = { from: 'alice', to: 'relay', both };
  expect(await refusal({ verb: 'drop', ...place, type: 'position_shared', seed: 0 })).toBe('sealed-by-tls');
  expect(await refusal({ verb: 'duplicate', ...place, by_ms: 0, seed: 0 })).toBe('sealed-by-tls');
  // The link to the relay is known by its hop.
  await stack.impose({ verb: 'cut', ...place });
  const [healed] = await stack.heal('everyone');
  expect(healed?.touched).toBeGreaterThan(0);
}, 60_000);
