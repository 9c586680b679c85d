import { readdir, readFile, stat } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { aFolder, commandTestMs } from '../cli/rig.ts';

interface Found {
  readonly path: string;
  readonly mode: number;
  readonly bytes: Buffer;
}

/** Every file below a folder, with its mode. */
async function filesBelow(folder: string): Promise<Found[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = files.map(async (path) => ({
    path: path.slice(folder.length + 1),
    mode: (await stat(path)).mode & 0o777,
    bytes: await readFile(path),
  }));
  // What a process has taken away while we looked, like the log of a database, is not there any more.
  return (await Promise.allSettled(found)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

/** What of a file's text nobody else may have: a token's signature, the body of a key, the private part of a JWK. */
function secretsIn({ path, bytes }: Found): string[] {
  const text = bytes.toString('utf8').trim();
  if (path.endsWith('.token')) return [text, text.split('.')[2] ?? ''];
  if (path.endsWith('.key.pem')) return [text.split('\n')[1] ?? ''];
  if (path.endsWith('peer-key.json')) return [/"d":"([\w-]+)"/.exec(text)?.[1] ?? ''];
  return [];
}

const get = (url: string, ca: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    request(url, { ca, headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });

test(
  'a whole run with TLS leaves no secret behind, and shows none while it lasts',
  async () => {
    await using folder = await aFolder();
    const up = folder.start(['up', '--tls', '--ports', 'auto', '--no-tui']);
    await up.line(/✓ Alice shares with bob.*passed/);
    const run = join(
      folder.path,
      '.collab-dev/runs',
      (await readdir(join(folder.path, '.collab-dev/runs'))).find((id) => /^\d/.test(id)) ?? '',
    );
    const during = await filesBelow(run);
    expect(during.filter(({ mode }) => (mode & 0o077) !== 0).map(({ path }) => path)).toEqual([]);

    const token = async (...more: string[]) => {
      const { stdout } = await folder.run(['token', '--user', 'alice', ...more]);
      return stdout.trim();
    };
    const [forRelay, forBackend] = await Promise.all([token(), token('--audience', 'backend')]);
    const urls = up.lines.flatMap((line) => /(relay|alice) +(https:\S+)/.exec(line)?.[2] ?? []);
    const [relay = '', alice = ''] = urls;
    const ca = during.find(({ path }) => path === 'secrets/ca.pem')?.bytes.toString() ?? '';
    const bearer = { authorization: `Bearer ${forBackend}` };
    // Good, and of no use there: what is refused is what servers like to write down.
    expect(await get(`${alice}/api/v1/friends`, ca, bearer)).toBe(200);
    expect(await get(`${relay}/api/users/online?token=${forBackend}`, ca, bearer)).toBe(401);
    const socket = new WebSocket(`${relay.replace('https', 'wss')}/ws/bob?token=${forRelay}`, { ca });
    const code = await new Promise((resolve) => socket.on('close', resolve).on('error', () => {}));
    expect(code).toBe(4403);

    process.kill(up.pid, 'SIGINT');
    const { stdout, stderr } = await up.ended;
    const after = await filesBelow(join(folder.path, '.collab-dev'));
    expect(after.filter(({ path }) => /secrets|\.pem|key|token/.test(path)).map(({ path }) => path)).toEqual(
      [],
    );

    const secrets = [
      ...during.flatMap(secretsIn),
      ...[forRelay, forBackend].map((one) => one.split('.')[2] ?? ''),
    ];
    expect(secrets.length).toBeGreaterThan(12);
    expect(secrets.every((secret) => secret.length > 20)).toBe(true);
    const shown = during.filter(
      ({ path }) => !path.startsWith('secrets/') && !path.endsWith('peer-key.json'),
    );
    for (const { path, bytes } of [...shown, ...after]) {
      for (const secret of secrets) expect(bytes.includes(secret), path).toBe(false);
    }
    for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
  },
  commandTestMs,
);

test(
  'a relay and a backend alone say nothing of the secrets that they are given',
  async () => {
    await using folder = await aFolder();
    const secret = 'this-is-the-secret-of-this-test-alone';
    const env = { COLLAB_JWT_SECRET: secret };
    const relay = folder.start(['relay', '--port', '0'], env);
    const url = /http:\S+(?=,)/.exec(await relay.line(/listens/))?.[0] ?? '';
    const bad = await folder.run(['token', '--user', 'alice', '--audience', 'elsewhere'], env);
    const token = bad.stdout.trim();
    const mine = {
      ...env,
      USER_ID: 'alice',
      PORT: '0',
      COLLAB_URL: url,
      COLLAB_TOKEN: token,
      DATA_DIR: 'data',
    };
    const backend = folder.start(['backend'], mine);
    await backend.line(/listens/);
    for (const path of ['/api/users/online', `/api/users/online?token=${token}`]) {
      const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
      expect(response.status).toBe(401);
      expect(await response.text()).not.toContain(token);
    }
    const settings = await folder.run(['config'], env);
    for (const { pid } of [backend, relay]) process.kill(pid, 'SIGTERM');
    const said = [settings, await backend.ended, await relay.ended]
      .map((end) => end.stdout + end.stderr)
      .join();
    for (const one of [secret, token, token.split('.')[2] ?? '']) expect(said).not.toContain(one);
  },
  commandTestMs,
);
