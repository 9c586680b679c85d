import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { aFolder } from './rig.ts';
import { aTerminal, collabDev, ours, terminalTestMs } from './terminal-rig.ts';

vi.setConfig({ testTimeout: terminalTestMs });

const up = `${collabDev} up --ports auto`;

const stepwise = `
scenario: A share in two steps
users: [alice, bob]
friends: [[alice, bob]]
positions: { alice: [berlin-calls] }
steps:
  - alice: { share: berlin-calls, with: bob }
  - bob: { receives: position_shared, about: berlin-calls, from: alice, count: 1 }
`;
const failing = `${stepwise}  - bob: { never: any }\n`;

/** Picks a position of alice that nobody has yet, and answers how its row in the feed begins. */
async function shareWithBob(terminal: Awaited<ReturnType<typeof aTerminal>>): Promise<string> {
  const fresh = /^ ▶ (\S+) *$/m;
  await terminal.press('s');
  let screen = await terminal.sees(/alice: share which position\?/);
  while (!fresh.test(screen)) {
    const before = screen;
    await terminal.press('Down');
    screen = await terminal.until('the next position', (seen) => seen !== before && / ▶ /.test(seen));
  }
  const [, position = ''] = fresh.exec(screen) ?? [];
  await terminal.press('Enter');
  await terminal.sees(new RegExp(`share ${position} with whom\\?`));
  await terminal.press('Enter');
  await terminal.sees(new RegExp(`alice shared ${position} with bob \\(200\\): 1 event`));
  // The feed may cut a long name.
  return `share +${position.slice(0, 8)}\\S*`;
}

test('the tour shows who got it, who did not and why; keys share, look and filter', async (context) => {
  await using folder = await aFolder();
  await using terminal = await aTerminal(context, folder);
  await terminal.run(up);
  const tour = await terminal.sees(/✓ passed/);
  expect(tour).toMatch(/share +berlin-calls +alice → ● bob .*○ carol not friends/);
  expect(tour).toMatch(/comment +berlin-calls +bob → ● alice/);
  expect(tour).toMatch(/● alice +online/);

  // Alice is selected at first.
  const shared = await shareWithBob(terminal);
  await terminal.sees(new RegExp(`${shared} +alice → ● bob`));

  await terminal.type('/');
  await terminal.type('to:carol');
  await terminal.press('Enter');
  await terminal.loses(/alice → ● bob (?!.*carol)/);
  await terminal.press('Enter');
  await terminal.sees(/▶ event [0-9a-f]{8}/);
  const detail = await terminal.sees(/relay looks the recipient up +✓/);
  expect(detail).toMatch(/carol unavailable .*not friends/);
  await terminal.press('Escape');
  await terminal.sees(/▶ events/);
  await terminal.press('Escape');
  await terminal.sees(new RegExp(`${shared} +alice → ● bob`));

  await terminal.press('?');
  await terminal.sees(/▶ keys/);
  await terminal.press('Escape');
  await terminal.loses(/▶ keys/);
  await terminal.press('q');
  await terminal.sees(/has ended: 3 delivered, 2 not/);
  await folder.untilEmpty(ours);
});

test('a killed backend misses a share and gets it once it is back; a cut link is healed', async (context) => {
  await using folder = await aFolder();
  await using terminal = await aTerminal(context, folder);
  await terminal.run(up);
  await terminal.sees(/✓ passed/);
  // The scenario's pane lies between.
  await terminal.press('BTab', 'BTab');
  await terminal.sees(/▶ instances/);
  await terminal.press('j');
  await terminal.sees(/▶● bob/);
  await terminal.press('X');
  await terminal.sees(/SIGKILL for bob/);
  await terminal.press('X');
  await terminal.sees(/bob is killed; it stays down until it is restarted/);
  await terminal.press('k');
  await terminal.sees(/▶● alice/);
  const shared = await shareWithBob(terminal);
  await terminal.sees(new RegExp(`${shared} +alice → ○ bob`));

  await terminal.press('j');
  await terminal.sees(/▶\S bob/);
  await terminal.press('r');
  await terminal.sees(/r or enter does it/);
  await terminal.press('r');
  await terminal.sees(/bob is up again, with its old data/);
  await terminal.sees(/▶● bob +online/);
  await terminal.sees(new RegExp(`${shared} +alice → ● bob`));

  await terminal.press('x');
  await terminal.sees(/╳ 1 in force +cut bob ↔ relay/);
  await terminal.press('x');
  await terminal.sees(/no fault in force/);
  await terminal.sees(/▶● bob +online/);

  await terminal.press('l');
  await terminal.sees(/log of bob/);
  const log = join(folder.path, '.collab-dev/runs/latest/logs/bob.log');
  await appendFile(log, 'said \u001b[2J\u001b[31mby bob\u0007\n');
  await terminal.sees(/said by bob/);
  await appendFile(log, 'and then more\n');
  expect(await terminal.sees(/and then more/)).toMatch(/said by bob/);
  await terminal.press('q');
  await terminal.sees(/has ended/);
  await folder.untilEmpty(ours);
});

test('a comment, an update and a revoke by their keys; the feed is walked, searched, held and followed', async (context) => {
  await using folder = await aFolder();
  await using terminal = await aTerminal(context, folder);
  await terminal.run(up);
  await terminal.sees(/✓ passed/);

  await terminal.press('c');
  await terminal.sees(/alice: comment which position\?.* ▶ berlin-calls/s);
  await terminal.press('Enter');
  await terminal.sees(/alice: comment on berlin-calls/);
  await terminal.type('Rolling it up');
  await terminal.sees(/Rolling it up/);
  await terminal.press('Enter');
  await terminal.sees(/▶\S+ +comment berlin-calls +alice → ● bob .*○ carol not friends/);

  await terminal.press('u');
  await terminal.sees(/alice: update which position\?.* ▶ berlin-calls/s);
  await terminal.press('Enter');
  await terminal.sees(/new notes of berlin-calls/);
  await terminal.type('A higher strike');
  await terminal.sees(/A higher strike/);
  await terminal.press('Enter');
  await terminal.sees(/▶\S+ +update +berlin-calls +alice → ● bob/);

  await terminal.press('v');
  await terminal.sees(/alice: revoke which position\?.* ▶ berlin-calls/s);
  await terminal.press('Enter');
  await terminal.sees(/take berlin-calls back from whom\?.* ▶ bob/s);
  await terminal.press('Enter');
  await terminal.sees(/▶\S+ +revoke +berlin-calls +alice → ● bob delivered/);

  await terminal.press('g');
  await terminal.sees(/▶\S+ +share +berlin-calls/);
  await terminal.press('j');
  await terminal.sees(/▶\S+ +comment berlin-calls +bob → ● alice/);
  await terminal.press('n');
  await terminal.sees(/▶\S+ +comment berlin-calls +alice → ○ carol unavailable/);
  await terminal.press('N');
  await terminal.sees(/▶\S+ +share +berlin-calls/);
  await terminal.press('G');
  await terminal.sees(/▶\S+ +revoke +berlin-calls/);
  await terminal.press('Space');
  await terminal.sees(/paused/);
  await terminal.press('f');
  await terminal.sees(/following/);
  await terminal.press('q');
  await terminal.sees(/has ended: 5 delivered, 4 not/);
  await folder.untilEmpty(ours);
});

test('it fits 80×24, 120×40 and 200×60, and a change of size', async (context) => {
  await using folder = await aFolder();
  await using terminal = await aTerminal(context, folder, { columns: 80, rows: 24 });
  await terminal.run(up);
  for (const [columns, rows] of [
    [80, 24],
    [120, 40],
    [200, 60],
    [80, 24],
  ] as const) {
    await terminal.resize(columns, rows);
    const screen = await terminal.until('a whole frame', (seen) => {
      const lines = seen.trimEnd().split('\n');
      return /✓ passed/.test(seen) && /alice → ● bob/.test(seen) && lines.length >= rows - 1;
    });
    const lines = screen.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^collab-dev/);
    expect(lines.at(-1)).toMatch(/q quit/);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(columns);
  }
  await terminal.press('q');
  await terminal.sees(/has ended/);
  await folder.untilEmpty(ours);
});

test.for([
  ['passes', stepwise, 0],
  ['fails', failing, 1],
] as const)(
  'replay of what %s stays open with the verdict until q, whose code it exits with',
  async ([_what, scenario, code], context) => {
    await using folder = await aFolder();
    await folder.write('a.yaml', scenario);
    await using terminal = await aTerminal(context, folder);
    const before = await terminal.modes();
    await terminal.run(`${collabDev} replay a.yaml`);
    await terminal.sees(code === 0 ? /✓ passed/ : /✗ failed/);
    expect(await terminal.isOnOtherScreen()).toBe(true);
    await terminal.press('q');
    const summary = await terminal.givenBack(before);
    expect(summary).toMatch(
      code === 0 ? /A share in two steps: passed in/ : /A share in two steps: failed in/,
    );
    if (code === 1) expect(summary).toMatch(/a\.yaml:9:\d+ /);
    await terminal.run('echo "code $?"');
    await terminal.sees(new RegExp(`^code ${code}$`, 'm'));
    await folder.untilEmpty(ours);
  },
);

test('replay --step waits for a key in front of each step, and left before its verdict it exits with 4', async (context) => {
  await using folder = await aFolder();
  await folder.write('a.yaml', stepwise);
  await using terminal = await aTerminal(context, folder);
  const before = await terminal.modes();
  await terminal.run(`${collabDev} replay a.yaml --step`);
  await terminal.sees(/space.* next step/);
  expect(await terminal.screen()).not.toMatch(/→ . bob/);
  await terminal.press('Space');
  await terminal.sees(/alice → ● bob/);
  await terminal.sees(/space.* next step/);
  await terminal.press('q');
  expect(await terminal.givenBack(before)).toContain('A share in two steps: left before its verdict');
  await terminal.run('echo "code $?"');
  await terminal.sees(/^code 4$/m);
  await folder.untilEmpty(ours);
});

test('replay --exit leaves at once', async (context) => {
  await using folder = await aFolder();
  await folder.write('a.yaml', stepwise);
  await using terminal = await aTerminal(context, folder);
  const before = await terminal.modes();
  await terminal.run(`${collabDev} replay a.yaml --exit && echo "and so on"`);
  await terminal.sees(/^and so on$/m);
  await terminal.givenBack(before);
  await folder.untilEmpty(ours);
});
