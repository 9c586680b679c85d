import { cleanup } from 'ink-testing-library';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { JournalRecord } from '../../src/protocol/records.ts';
import { alice, anEvent, aShare, entries } from './builders.ts';
import { aScreen, soon } from './screen.tsx';

afterEach(cleanup);

const file = 'share.yaml';
const aScenario: readonly JournalRecord[] = [
  { type: 'scenario', at: 1, name: 'A share', file, state: 'started', steps: 3 },
  { type: 'scenario_step', at: 2, file, line: 5, text: 'alice shares', state: 'started' },
  { type: 'scenario_step', at: 3, file, line: 5, text: 'alice shares', state: 'passed', ms: 12 },
  { type: 'scenario_step', at: 4, file, line: 6, text: 'bob has it', state: 'started' },
  {
    type: 'scenario_step',
    at: 5,
    file,
    line: 6,
    text: 'bob has it',
    state: 'failed',
    problem: { code: 'not-there', message: 'bob has no berlin-calls' },
  },
];
const aCut: JournalRecord = {
  type: 'fault',
  at: 1,
  id: 'f1',
  verb: 'cut',
  what: 'bob ↔ relay',
  state: 'in_force',
};

describe.each([
  [80, 24],
  [120, 40],
  [200, 60],
])('at %i × %i', (columns, rows) => {
  test('it is plain who got it, who did not, and why', async () => {
    const screen = aScreen({ columns, rows, records: [...aShare(), ...aScenario, aCut] });
    const frame = await screen.until('berlin-calls');
    expect(frame).toMatch(/share +berlin-calls +alice → ● bob.* 9 ms {2}○ carol .*not friends/);
    expect(frame).toMatch(/collab-dev {2}r1 {2}ready in 812 ms/);
    expect(frame).toMatch(
      /topology relay {2}relay http:\/\/127.0.0.1:9000 +events 0.2\/s {2}delivered 0.2\/s/,
    );
    expect(frame).toMatch(/╳ 1 in force +cut bob ↔ relay +● 1 delivered {2}○ 1 not delivered/);
    expect(frame).toMatch(/▷● alice +online +2 waiting/);
    expect(frame).toMatch(/● bob +online +╳ cut ↔ relay/);
    expect(frame).toMatch(/◐ carol +offline/);
    expect(frame).toMatch(/─ A share ─.*▸ 2\/3/);
    expect(frame).toMatch(/✓ alice shares +12 ms/);
    expect(frame).toMatch(/✗ bob has it/);
    expect(frame).toMatch(/bob has no berlin-calls/);
    expect(frame).toMatch(/\? help {2}q quit/);
  });

  test('the frame is lower than the screen and no wider', async () => {
    const many = Array.from({ length: 300 }, (_, n) => aShare(n)).flat();
    const lines = (await aScreen({ columns, rows, records: many }).until('300, following')).split('\n');
    expect(lines.length).toBeLessThan(rows);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
  });

  test('the detail has the ten steps of each recipient, the verdicts, and what the journal knows', async () => {
    const screen = aScreen({ columns, rows, records: aShare() });
    await screen.keys('\r');
    const frame = await screen.until('▶ event e1');
    expect(frame).toMatch(/● bob {3}stored in 9 ms – relay found: a friend, and connected/);
    expect(frame).toMatch(/○ carol unavailable – relay found: not friends/);
    expect(frame).toMatch(/ {2}bob +carol/);
    expect(frame).toMatch(/5 {2}relay looks the recipient up +✓ 2 ms +✓ 2 ms/);
    expect(frame).toMatch(/6 {2}relay forwards it +✓ 3 ms +✗/);
    await screen.keys('G');
    await screen.until(/"step":"stored","to":"bob"/);
    await screen.keys('\u001b');
    await screen.until('▶ events');
  });

  test('help has every key', async () => {
    const screen = aScreen({ columns, rows });
    await screen.keys('?');
    const frame = await screen.until('▶ keys');
    for (const key of [
      'j k',
      'g G',
      'shift-tab',
      'ctrl-u',
      'ctrl-c',
      'X  ',
      'v  ',
      'n N',
      'space',
      'l  ',
      'ctrl-z',
    ]) {
      expect(frame).toContain(key);
    }
    await screen.keys('?');
    await screen.until('▶ events');
  });
});

test('a terminal that is too small is asked for more room, and gets the dashboard when it is larger', async () => {
  const screen = aScreen({ columns: 60, rows: 12 });
  expect(await screen.until('needs a terminal of')).toContain('72');
  screen.resize(80, 24);
  await screen.until('▶ events');
  await screen.keys('q');
  await vi.waitFor(() => expect(screen.intents.quit).toHaveBeenCalledOnce(), soon);
});

test('q quits, Ctrl-C interrupts, Ctrl-Z suspends, also in the middle of something', async () => {
  const { intents, keys, until } = aScreen();
  await keys('q', '\u0003');
  expect(intents.quit).toHaveBeenCalledOnce();
  expect(intents.interrupt).toHaveBeenCalledOnce();
  await keys('c');
  await until('comment which position?');
  await keys('\u0003', '\u001a');
  expect(intents.interrupt).toHaveBeenCalledTimes(2);
  await vi.waitFor(() => expect(intents.suspend).toHaveBeenCalledOnce(), soon);
});

test('alice shares one of her positions with whom she picks', async () => {
  const { intents, keys, until } = aScreen();
  await keys('s');
  const frame = await until('alice: share which position?');
  expect(frame).toMatch(/berlin-calls +shared with bob/);
  expect(frame).not.toContain('gold-collar');
  await keys('j', '\r');
  await until('share sap-covered-call with whom?');
  await keys(' ', 'j', ' ', '\r');
  await until('✓ done');
  expect(intents.share).toHaveBeenCalledExactlyOnceWith('alice', 'p2', ['bob', 'carol']);
});

test('a comment is written, and may be put right before it is sent', async () => {
  const { intents, keys, until } = aScreen();
  await keys('c');
  await until('gold-collar');
  await keys('\r');
  await until('comment on berlin-calls');
  await keys('Grat q', '\u007f', '\u007f', '\u001b[D', '\u001b[D', 'e', '\r');
  await until('✓ done');
  expect(intents.comment).toHaveBeenCalledExactlyOnceWith('alice', 'p1', 'Great');
});

test('notes are updated, and a share is taken back', async () => {
  const { intents, keys, until } = aScreen();
  await keys('u');
  await until('update which position?');
  await keys('\r');
  await until('new notes of berlin-calls');
  await keys('rolled\r');
  await vi.waitFor(
    () => expect(intents.update).toHaveBeenCalledExactlyOnceWith('alice', 'p1', 'rolled'),
    soon,
  );
  await keys('v');
  await until('revoke which position?');
  await keys('\r');
  await until('take berlin-calls back from whom?');
  await keys('\r');
  await vi.waitFor(() => expect(intents.revoke).toHaveBeenCalledExactlyOnceWith('alice', 'p1', 'bob'), soon);
});

test('a backend that does not answer closes the question and says why', async () => {
  const { intents, keys, until } = aScreen();
  intents.positionsOf.mockRejectedValueOnce(new Error('alice does not run'));
  await keys('s');
  expect(await until('✗ alice does not run')).not.toContain('share');
});

test('a kill names what it does before it does it', async () => {
  const { intents, keys, until } = aScreen();
  await keys('X');
  await until('SIGKILL for alice');
  await keys('j');
  await until('alice is left as it is');
  expect(intents.kill).not.toHaveBeenCalled();
  await keys('X', 'X');
  await vi.waitFor(() => expect(intents.kill).toHaveBeenCalledExactlyOnceWith('alice'), soon);
  await keys('r', '\r');
  await vi.waitFor(() => expect(intents.restart).toHaveBeenCalledExactlyOnceWith('alice'), soon);
});

test('x cuts the link of the selected user, and heals it', async () => {
  const { intents, keys, until, store } = aScreen();
  await keys('\u001b[Z', '\u001b[Z', 'j');
  await until('▶● bob');
  await keys('x');
  await until('✓ done');
  expect(intents.cut).toHaveBeenCalledExactlyOnceWith('bob');
  store.take(entries(aCut));
  await until('1 in force');
  await keys('x');
  await vi.waitFor(() => expect(intents.heal).toHaveBeenCalledExactlyOnceWith('bob'), soon);
});

test('the relay is no user: it can be killed, but shares nothing', async () => {
  const { intents, keys, until } = aScreen();
  await keys('\u001b[Z', '\u001b[Z', 'g', 's');
  await until('relay is no user and cannot share');
  expect(intents.positionsOf).not.toHaveBeenCalled();
  await keys('X', 'X');
  await vi.waitFor(() => expect(intents.kill).toHaveBeenCalledExactlyOnceWith('relay'), soon);
});

test('the log of an instance is followed while it is open, and can do nothing to the terminal', async () => {
  const screen = aScreen();
  const off = vi.fn();
  screen.intents.followLog.mockImplementation((_name, listener) => {
    listener(['first', '\u001b[2J\u001b]0;title\u0007second\u009b31m \u001bcthird']);
    return off;
  });
  await screen.keys('l');
  await screen.until('▶ log of alice');
  await screen.until('second third');
  expect(screen.raw()).not.toMatch(/\[2J|title/);
  await screen.keys('\u001b');
  await screen.until('▶ events');
  expect(off).toHaveBeenCalledOnce();
});

test('names and notes from others are shown without what they could do', async () => {
  const text = 'evil \u001b[2J\u001b[H\nname';
  const { until, raw } = aScreen({
    records: [{ type: 'note', at: 1, level: 'warn', code: 'x', text }],
  });
  await until('! test: evil name');
  expect(raw()).not.toContain('\u001b[2J');
});

test('in a step-by-step replay space lets the next step go on', async () => {
  const { intents, keys, until } = aScreen({ facts: { stepping: true } });
  await until('space next step');
  await keys(' ');
  expect(intents.nextStep).toHaveBeenCalledOnce();
});

test('for somebody who does not acknowledge, handed over is as good as it gets', async () => {
  const records = [anEvent().saved(1), anEvent().routed(2)];
  await aScreen({ records }).until('alice → ◌ bob routed');
  await aScreen({ records, facts: { unacknowledged: ['bob'] } }).until('alice → ◍ bob routed');
});

test('a notice stands in the status line, and a report below the steps', async () => {
  const ended: JournalRecord = {
    type: 'scenario',
    at: 9,
    name: 'A share',
    file,
    state: 'ended',
    verdict: 'failed',
  };
  const { until } = aScreen({
    records: [...aScenario, ended],
    facts: { notice: 'stopping', report: ['1 of 3 steps failed'] },
  });
  const frame = await until('stopping');
  expect(frame).toMatch(/─ A share ─.*✗ failed/);
  expect(frame).toContain('1 of 3 steps failed');
});

test('while somebody reads, nothing moves, however much comes', async () => {
  const records = Array.from({ length: 100 }, (_, n) => aShare(n)).flat();
  const screen = aScreen({ records });
  await screen.until('100, following');
  await screen.keys('k', 'k');
  const before = await screen.until('100, 2 newer');
  screen.store.take(entries(...Array.from({ length: 50 }, (_, n) => aShare(1000 + n)).flat()));
  const later = await screen.until('150, 52 newer');
  const rows = (frame: string) => frame.split('\n').slice(4, 15).join('\n');
  expect(rows(later)).toBe(rows(before));
  await screen.keys('f');
  await screen.until('150, following');
});

test('paused, new events are counted and kept', async () => {
  const screen = aScreen({ records: aShare() });
  await screen.keys(' ');
  await screen.until('1, paused, 0 more held back');
  screen.store.take(entries({ ...anEvent(2).saved(5, [alice]) }));
  expect(await screen.until('1, paused, 1 more held back')).not.toContain('○ alice');
  await screen.keys(' ');
  await screen.until('2, following');
});

test('a filter narrows the events while it is written, and escape brings back what was', async () => {
  const screen = aScreen({ records: [...aShare(), anEvent(2, 'comment_added').saved(5)] });
  await screen.keys('/', 'type:comm');
  const frame = await screen.until('1 of 2, following');
  expect(frame).not.toMatch(/share +berlin/);
  await screen.keys('\r');
  await screen.until('filter type:comm  esc ends it');
  await screen.keys('\u001b');
  await screen.until(/2, following/);
  await screen.keys('/', 'nothing-like-this');
  await screen.until('No event meets nothing-like-this.');
  await screen.keys('\u001b');
  await screen.until(/2, following/);
});

test('n goes to the next event that somebody did not get', async () => {
  const got = (n: number) => [anEvent(n).saved(1), anEvent(n).applied(2)];
  const records = [...aShare(1), ...got(2), ...got(3), ...aShare(4), ...got(5)];
  const screen = aScreen({ records });
  await screen.keys('N');
  await screen.until('5, 1 newer');
  await screen.keys('N');
  await screen.until('5, 4 newer');
  await screen.keys('N');
  await screen.until('no further event');
  await screen.keys('n');
  await screen.until('5, 1 newer');
});
