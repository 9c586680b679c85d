import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, type TestContext, test } from 'vitest';
import { z } from 'zod';
import { aFolder, commandTestMs, root } from '../cli/rig.ts';
import { requirement } from '../rig/requirement.ts';

const home = join(root, 'fixtures/backends/fastapi');
/** Debian's own, which is the one that its packages of modules are for. */
const python = '/usr/bin/python3';
const modules = 'aiohttp, cryptography, fastapi, jwt, socketio, uvicorn, websockets';

const folder = await aFolder();
afterAll(() => folder[Symbol.asyncDispose]());

async function needsModules(context: TestContext): Promise<void> {
  const found = await promisify(execFile)(python, ['-c', `import ${modules}`]).then(
    () => true,
    () => undefined,
  );
  requirement(context, `Debian's Python with ${modules}`, found);
}

/**
 * One of each kind: what goes to bob, what comes from him, what others may not, threads, order, a way around NAT, and
 * the death of either side. With all of them the same is said more often, and a process is started for each.
 */
const scenarios = [
  'stranger',
  'comment-reaches-every-reader',
  'unfriend',
  'duplicated-and-late-frames',
  'behind-nat',
  'recipient-killed-before-commit',
];
const played = z.object({ scenarios: z.array(z.object({ name: z.string(), outcome: z.string() }).loose()) });

test(
  'the standard scenarios pass with a backend in Python in the place of bob',
  async (context) => {
    await needsModules(context);
    const files = scenarios.map((name) => join(root, `fixtures/scenarios/${name}.yaml`));
    const configuration = ['--config', join(home, 'collab-dev.yaml'), '--backend', 'bob=python'];
    const { stdout, exitCode } = await folder.run(['test', ...configuration, '--format', 'json', ...files]);
    const judged = played.parse(JSON.parse(stdout)).scenarios;
    expect(judged.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    expect({ judged: judged.length, exitCode }).toEqual({ judged: scenarios.length, exitCode: 0 });
  },
  5 * commandTestMs,
);

const report = z.object({
  conforms: z.boolean(),
  checks: z.array(z.object({ id: z.string(), result: z.string() }).loose()),
});

test(
  'the backend in Python keeps every sentence of the contract',
  async (context) => {
    await needsModules(context);
    const command = `exec ${python} -m uvicorn app.main:app --port $PORT --ws websockets`;
    const patience = ['--within', '30', '--start-within', '120'];
    const line = ['conformance', ...patience, '--format', 'json', '--cwd', home, '--command', command];
    const { stdout, exitCode } = await folder.run(line, { PYTHONDONTWRITEBYTECODE: '1' });
    const { conforms, checks } = report.parse(JSON.parse(stdout));
    expect(checks.filter(({ result }) => result !== 'kept' && result !== 'offered')).toEqual([]);
    expect({ conforms, exitCode }).toEqual({ conforms: true, exitCode: 0 });
  },
  5 * commandTestMs,
);

test('the backend in Python says all that is wrong with its environment at once', async (context) => {
  await needsModules(context);
  const environment = { USER_ID: 'bob smith', COLLAB_SWEEP_MS: 'soon', PYTHONDONTWRITEBYTECODE: '1' };
  const started = promisify(execFile)(python, ['-c', 'import app.main'], { cwd: home, env: environment });
  const { code, stderr } = z
    .object({ code: z.int(), stderr: z.string() })
    .parse(await started.catch((error: unknown) => error));
  expect(code).toBe(1);
  for (const word of [
    'USER_ID "bob smith"',
    'COLLAB_URL is missing',
    'COLLAB_SWEEP_MS "soon"',
    'COLLAB_JWKS',
  ]) {
    expect(stderr).toContain(word);
  }
});
