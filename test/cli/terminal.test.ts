import process from 'node:process';
import { expect, test, vi } from 'vitest';
import { findOldNode } from '../rig/old-node.ts';
import { aFolder, bin } from './rig.ts';
import { aTerminal, collabDev, ours, terminalTestMs } from './terminal-rig.ts';

vi.setConfig({ testTimeout: terminalTestMs });

const up = `${collabDev} up --ports auto`;
const tourIsOver = /passed/;
const supervisor = /dist\/supervisor\.js/;
const cli = /collab-dev\.js/;

/** The screen after an end holds what a person wants to know. */
const summary = [/Run \S+ has ended: \d+ delivered, \d+ not\./, /explain [0-9a-f]{8}-/];

test('q leaves the terminal as it was, with a summary and exit code 0', async (context) => {
  await using folder = await aFolder();
  await using terminal = await aTerminal(context, folder);
  const before = await terminal.modes();
  await terminal.run(up);
  await terminal.sees(tourIsOver);
  expect(await terminal.isOnOtherScreen()).toBe(true);
  expect(await terminal.modes()).not.toBe(before);
  await terminal.press('q');
  const screen = await terminal.givenBack(before);
  for (const pattern of summary) expect(screen).toMatch(pattern);
  await terminal.run('echo "code $?"');
  await terminal.sees(/^code 0$/m);
  await folder.untilEmpty(ours);
});

test('Ctrl-C through npm and the wrapper for old Nodes leaves it as it was', async (context) => {
  await using folder = await aFolder();
  const node = (await findOldNode()) ?? process.execPath;
  const script = `"${node}" "${bin}" up --ports auto`;
  await folder.write('package.json', JSON.stringify({ scripts: { start: script } }));
  await using terminal = await aTerminal(context, folder);
  const before = await terminal.modes();
  await terminal.run('npm start --silent');
  await terminal.sees(tourIsOver);
  await terminal.press('C-c');
  const screen = await terminal.givenBack(before);
  for (const pattern of summary) expect(screen).toMatch(pattern);
  await terminal.run('echo "code $?"');
  await terminal.sees(/^code 130$/m);
  await folder.untilEmpty(ours);
});

test('Ctrl-Z gives the terminal back through npm and the wrapper, and fg brings the view again', async (context) => {
  await using folder = await aFolder();
  const node = (await findOldNode()) ?? process.execPath;
  const script = `"${node}" "${bin}" up --ports auto`;
  await folder.write('package.json', JSON.stringify({ scripts: { start: script } }));
  await using terminal = await aTerminal(context, folder);
  const before = await terminal.modes();
  await terminal.run('npm start --silent');
  await terminal.sees(tourIsOver);
  for (let round = 0; round < 2; round += 1) {
    await terminal.press('C-z');
    await terminal.givenBack(before);
    expect(await folder.untilRunning(supervisor)).toBeGreaterThan(0);
    await terminal.run('fg');
    await terminal.until(
      'the dashboard again',
      async (seen) => tourIsOver.test(seen) && (await terminal.isOnOtherScreen()),
    );
  }
  await terminal.press('q');
  await terminal.givenBack(before);
  await folder.untilEmpty(ours);
});

test('kill -9 of the supervisor is told on a whole terminal, with exit code 3', async (context) => {
  await using folder = await aFolder();
  await using terminal = await aTerminal(context, folder);
  const before = await terminal.modes();
  await terminal.run(up);
  await terminal.sees(tourIsOver);
  process.kill(await folder.untilRunning(supervisor), 'SIGKILL');
  expect(await terminal.givenBack(before)).toContain('The supervisor died; the stack has stopped with it.');
  await terminal.run('echo "code $?"');
  await terminal.sees(/^code 3$/m);
  await folder.untilEmpty(ours);
});

test('a bug of ours is told on a whole terminal, with exit code 70', async (context) => {
  await using folder = await aFolder();
  // Loaded into our own processes: throws where nobody catches.
  await folder.write('bomb.mjs', 'process.on("SIGUSR2", () => { throw new Error("boom"); });');
  await using terminal = await aTerminal(context, folder);
  const before = await terminal.modes();
  await terminal.run(`NODE_OPTIONS=--import=./bomb.mjs ${up}`);
  await terminal.sees(tourIsOver);
  process.kill(await folder.untilRunning(cli), 'SIGUSR2');
  expect(await terminal.givenBack(before)).toMatch(/This is a bug of collab-dev\.\s+Error: boom/);
  await terminal.run('echo "code $?"');
  await terminal.sees(/^code 70$/m);
  await folder.untilEmpty(ours);
});

test('a dashboard that cannot be drawn any more is told on a whole terminal, with exit code 70', async (context) => {
  await using folder = await aFolder();
  await folder.write(
    'bomb.mjs',
    'process.on("SIGUSR2", () => { String.prototype.repeat = () => { throw new Error("no drawing"); }; });',
  );
  await using terminal = await aTerminal(context, folder);
  const before = await terminal.modes();
  await terminal.run(`NODE_OPTIONS=--import=./bomb.mjs ${up}`);
  await terminal.sees(tourIsOver);
  process.kill(await folder.untilRunning(cli), 'SIGUSR2');
  await terminal.press('?');
  expect(await terminal.givenBack(before)).toMatch(/This is a bug of collab-dev\.\s+Error: no drawing/);
  await terminal.run('echo "code $?"');
  await terminal.sees(/^code 70$/m);
  await folder.untilEmpty(ours);
});

test('q during the start ends it too', async (context) => {
  await using folder = await aFolder();
  await using terminal = await aTerminal(context, folder);
  const before = await terminal.modes();
  await terminal.run(up);
  // As soon as there is a screen of ours.
  await terminal.sees(/starting|ready/);
  await terminal.press('q');
  expect(await terminal.givenBack(before)).toMatch(/has ended: \d+ delivered/);
  await folder.untilEmpty(ours);
});

test.for([
  ['TERM=dumb', 'TERM=dumb', ''],
  ['CI', 'CI=1', ''],
  ['a piped stdin', '', '</dev/null'],
] as const)('%s: plain lines, and the screen is not taken', async ([_what, variable, stdin], context) => {
  await using folder = await aFolder();
  await using terminal = await aTerminal(context, folder);
  const before = await terminal.modes();
  await terminal.run(`${variable} ${up} ${stdin}`);
  await terminal.sees(/: passed$/m);
  expect(await terminal.modes()).toBe(before);
  await terminal.press('C-c');
  expect(await terminal.givenBack(before)).toContain('stopping, press Ctrl-C again to force');
  await folder.untilEmpty(ours);
});
