import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { ForeignCommand } from '../../src/stack/foreign-command.ts';
import { requirement } from '../rig/requirement.ts';
import { aBrowserStack, region, says, violationsOn } from './browser-rig.ts';

const python = '/usr/bin/python3';

const inPython: ForeignCommand = {
  command: `exec ${python} -m uvicorn app.main:app --host 127.0.0.1 --port $PORT --ws wsproto`,
  cwd: join(import.meta.dirname, '../../fixtures/backends/fastapi'),
  env: { COLLAB_RECONNECT_MIN_MS: '50', COLLAB_RECONNECT_MAX_MS: '1000', PYTHONDONTWRITEBYTECODE: '1' },
  ready: { http: '/readyz', withinMs: 60_000 },
  restart: 'never',
  stop: { signal: 'SIGTERM', graceMs: 5000 },
  dependsOn: {},
};

test('the page of a user whose backend is in Python is a page like any other', {
  timeout: 240_000,
}, async (context) => {
  const modules = await promisify(execFile)(python, [
    '-c',
    'import fastapi, uvicorn, socketio, wsproto, aiohttp, jwt, cryptography',
  ]).then(
    () => python,
    () => undefined,
  );
  requirement(context, 'the Python modules of the FastAPI backend', modules);
  await using rig = await aBrowserStack(context, ['alice', 'bob'], { backends: { bob: inPython } });
  const [alice, bob] = await Promise.all([rig.open('alice'), rig.open('bob')]);

  await bob.getByRole('link', { name: 'New position' }).click();
  await bob.getByLabel('Symbol').fill('SAP');
  await bob.getByLabel('Notes').fill('From another language.');
  await bob.getByRole('button', { name: 'Write position' }).click();
  await bob.getByRole('heading', { name: 'SAP' }).waitFor();
  await region(bob, 'Friends')
    .getByRole('listitem')
    .filter({ hasText: /Alice.*online/ })
    .waitFor();
  await bob.getByRole('button', { name: 'Share with Alice' }).click();
  await region(alice, 'Notifications').getByRole('link', { name: 'Bob shares SAP with you.' }).click();
  await alice.getByLabel('Your comment').fill('Well met.');
  await alice.getByRole('button', { name: 'Comment', exact: true }).click();
  await region(bob, 'Comments').getByText('Well met.').waitFor();
  await region(bob, 'Notifications').getByText('Well met.').waitFor();
  await region(bob, 'Outbox').getByText('Everything has arrived.').waitFor();
  expect(await violationsOn(bob)).toEqual([]);

  await rig.stack.kill('relay');
  await says(bob, 'Offline: changes wait until the connection is back');
  await bob.getByRole('button', { name: 'Take back from Alice' }).click();
  await region(bob, 'Outbox').getByText('1 change waits until the connection is back.').waitFor();
  await rig.stack.start('relay');
  await region(bob, 'Outbox').getByText('Everything has arrived.').waitFor();
  await says(alice, 'This position is not here, or not any more.');

  await bob.reload();
  await region(bob, 'Comments').getByText('Well met.').waitFor();
  await bob.getByRole('banner').getByText('Connected', { exact: true }).waitFor();
  expect(rig.troubles).toEqual([]);
});
