import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { relayAudience } from '../../src/protocol/tokens.ts';
import { createIssuer } from '../../src/stack/issuer.ts';
import { openSecrets } from '../../src/stack/secrets.ts';
import { keepTokens } from '../../src/stack/token-files.ts';
import { temporaryFolder, user } from './rig.ts';

const alice = user('alice');
const forRelay = {
  audienceOf: () => relayAudience,
  nameOf: (name: string) => `${name}.token`,
  textOf: (_: string, token: string) => token,
};
const noTrouble = (_user: string, error: unknown) => {
  throw error;
};

test('a token file is for its owner alone, renewed in time, and gone with the run', async () => {
  await using folder = await temporaryFolder();
  const secrets = await openSecrets(folder.path);
  const issuer = await createIssuer(() => 'Alice');
  using tokens = keepTokens({ issuer, secrets, seconds: 2, ...forRelay, onTrouble: noTrouble });
  const file = await tokens.fileFor(alice);
  const first = await readFile(file, 'utf8');
  expect(decodeJwt(first)).toMatchObject({ sub: 'alice', aud: 'collab-relay', name: 'Alice' });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder.path, 'secrets'))).mode & 0o777).toBe(0o700);

  // Whoever reads at any moment finds a whole token.
  const renewed = async () => {
    const text = await readFile(file, 'utf8');
    return (decodeJwt(text).exp ?? 0) > (decodeJwt(first).exp ?? 0);
  };
  await expect.poll(renewed, { timeout: 10_000, interval: 20 }).toBe(true);

  tokens[Symbol.dispose]();
  await secrets[Symbol.asyncDispose]();
  await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('who cannot be given a new token is told about, and keeps the old one', async () => {
  const troubles: string[] = [];
  let full = false;
  const secrets = {
    write: async (name: string) => {
      if (full) throw new Error('no space left');
      full = true;
      return name;
    },
  };
  const issuer = await createIssuer(() => undefined);
  const onTrouble = (who: string, error: unknown) => void troubles.push(`${who}: ${error}`);
  using tokens = keepTokens({ issuer, secrets, seconds: 1, ...forRelay, onTrouble });
  expect(await tokens.fileFor(alice)).toBe('alice.token');
  await expect.poll(() => troubles[0], { timeout: 10_000 }).toBe('alice: Error: no space left');
});
