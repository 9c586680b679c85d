import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startInsecureRelay, startRelay, tokenFor } from '../relay/rig.ts';
import { requirement } from '../rig/requirement.ts';

/** Debian's own, which is the one that its packages of modules are for. */
const python = '/usr/bin/python3';
const patienceMs = 30_000;

async function pythonWithModules(): Promise<string | undefined> {
  const asked = promisify(execFile)(python, ['-c', 'import socketio, aiohttp']);
  return asked.then(
    () => python,
    () => undefined,
  );
}

const script = (name: string) => join(import.meta.dirname, 'brief', name);

/** Runs a script as long as the test; answers the lines that it has printed, as they come. */
function run(command: string, ...args: string[]): readonly string[] {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  return lines;
}

const withFriend = (user: string, friend: string) => tokenFor(user, { claims: { friends: [friend] } });

test.for([
  ['as written, without a token, on an insecure relay', startInsecureRelay, async () => undefined],
  ['with a token, on any relay', startRelay, withFriend],
] as const)(
  "the brief's own clients share and comment, %s",
  { timeout: 3 * patienceMs },
  async ([, start, tokenOf], context) => {
    const modules = 'the Debian packages python3-socketio and python3-aiohttp';
    const interpreter = requirement(context, modules, await pythonWithModules());
    const relay = await start();
    const printed = (lines: readonly string[]) => expect.poll(() => lines, { timeout: patienceMs });

    const given = [await tokenOf('user_b', 'user_a')].filter((token) => token !== undefined);
    const bob = run(interpreter, script('collaboration_client.py'), 'user_b', relay.url, 'user_a', ...given);
    await printed(bob).toEqual(['connected']);

    const token = (await tokenOf('user_a', 'user_b')) ?? 'jwt';
    const socket = `${relay.url.replace('http', 'ws')}/ws/user_a?token=${token}`;
    const alice = run(process.execPath, script('websocket-client.js'), socket, 'user_b');
    await printed(bob).toEqual(['connected', 'fetches http://backend-a:8000/api/v1/positions/ideas/xyz']);
    await printed(alice).toEqual(['broadcasts "Great setup!" from user_b']);
  },
);
