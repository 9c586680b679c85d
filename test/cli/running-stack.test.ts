import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { aFolder, bin, commandTestMs } from './rig.ts';

vi.setConfig({ testTimeout: 2 * commandTestMs });

const upAlone = ['up', '-d', '--ports', 'auto', '--no-pages', '--users', 'alice,bob,carol'];

/** A folder with a stack that runs in it; what its commands say is in `outcome`. */
async function aStack(...args: string[]) {
  const folder = await aFolder();
  const up = await folder.run([...upAlone, ...args]);
  expect(up).toMatchObject({ exitCode: 0, stderr: '' });
  return {
    folder,
    /** Runs a command that has to end well, and answers what it printed. */
    async says(...command: string[]): Promise<string> {
      const { stdout, stderr, exitCode } = await folder.run(command);
      expect({ command, stderr, exitCode }).toMatchObject({ exitCode: 0 });
      return stdout;
    },
    async [Symbol.asyncDispose]() {
      await folder.run(['down', '--all']);
      await folder[Symbol.asyncDispose]();
    },
  };
}

const psOutput = z.object({ runs: z.array(z.object({ pid: z.int() })) });

const idPattern = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

test('users act from the command line, and what becomes of it is waited for and told', async () => {
  await using stack = await aStack();
  const { folder, says } = stack;
  const shared = await folder.run(['send', 'share', 'alice', 'berlin-calls', 'bob']);
  expect(shared).toMatchObject({
    exitCode: 0,
    stderr: 'alice shared berlin-calls with bob (200): 1 event',
    stdout: expect.stringMatching(idPattern),
  });
  expect(await says('wait', '--event', shared.stdout, '--to', 'bob')).toMatch(
    /alice → bob position_shared berlin-calls delivered$/,
  );
  expect(
    await says('wait', '--event', 'position_shared', '--from', 'alice', '--about', 'berlin-calls'),
  ).toContain(shared.stdout);
  await says('wait', 'quiet');
  const answered = await folder.run(['send', 'comment', 'bob', 'berlin-calls', 'Great', 'setup!', '--wait']);
  expect(answered).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/ {2}alice delivered$/) });
  const json = await says(
    'send',
    'update',
    'alice',
    'berlin-calls',
    'quantity=7',
    '--wait',
    '--format',
    'json',
  );
  expect(JSON.parse(json)).toMatchObject({ receipts: [{ to: 'bob', stage: 'delivered' }] });
  const stranger = await folder.run(['send', 'share', 'alice', 'berlin-calls', 'carol', '--wait']);
  expect(stranger).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/carol unavailable$/) });
  await says('send', 'revoke', 'alice', 'berlin-calls', 'bob', '--wait');

  const lines = (await says('events')).split('\n');
  expect(lines[0]).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} alice → bob position_shared berlin-calls delivered \d+ ms$/,
  );
  expect(lines.at(-1)).toMatch(/alice → bob share_revoked berlin-calls delivered/);
  const told = (await says('events', '--json')).split('\n').map((line) => JSON.parse(line));
  expect(told.length).toBe(lines.length);
  expect(told[0]).toMatchObject({ type: 'step', event: shared.stdout, from: 'alice', to: 'bob' });
  expect(told[0].text).toMatch(/^alice → bob position_shared berlin-calls delivered/);
  expect(await says('check')).toMatch(/nothing wrong in 3 backends, which go on/);
  expect(await says('explain', shared.stdout)).toContain('bob: delivered and stored');
});

const slips: readonly (readonly [readonly string[], string])[] = [
  [['send', 'share', 'alcie', 'berlin-calls', 'bob'], 'Did you mean "alice"?'],
  [['send', 'share', 'alice', 'berlin-cals', 'bob'], 'Did you mean "berlin-calls"?'],
  [['send', 'share', 'alice', 'berlin-calls'], 'USER POSITION FRIEND'],
  [['send', 'update', 'alice', 'berlin-calls', 'quantity'], 'KEY=VALUE'],
  [['send', 'update', 'alice', 'berlin-calls', 'price=3'], 'price'],
  [['send', 'shrae', 'alice'], 'Did you mean share?'],
  [['kill', 'bbo'], 'Did you mean "bob"?'],
  [['logs', 'bbo'], 'Did you mean "bob"?'],
  [['fault', 'cut', 'alcie'], 'Did you mean "alice"?'],
  [['fault', 'delay', 'alice', '--by', '300'], 'Is it 300ms or 300s?'],
  [['fault', 'delay', 'alice', '--jiter', '3ms'], 'Did you mean --jitter?'],
  [['fault', 'drop', 'alice', '--nth', '0'], 'counts from 1'],
  [['fault', 'cut', 'alice', '--for', '0s'], '"for" is no time at all'],
  [['fault', 'throttle', 'alice'], 'Throttle needs "rate"'],
  [['wait', 'queit'], 'Did you mean "quiet"?'],
  [['wait', '--event', 'position_share'], 'Did you mean "position_shared"?'],
  [['wait', '--within', '5'], 'a number with its unit'],
];

test('a slip is answered with what was meant, and nothing happens', async () => {
  await using stack = await aStack();
  for (const [command, words] of slips) {
    const { exitCode, stdout, stderr } = await stack.folder.run(command);
    expect({ command, exitCode, stdout }).toEqual({ command, exitCode: 2, stdout: '' });
    expect(stderr).toContain(words);
  }
  expect(await stack.says('events')).toBe('');
});

test('links and processes are broken and mended from the command line, in the words of the language', async () => {
  await using stack = await aStack();
  const { folder, says } = stack;
  await says('send', 'share', 'alice', 'berlin-calls', 'bob', '--wait');
  expect(await says('fault', 'cut', 'bob', '--as', 'away')).toBe('away: cut bob ↔ relay');
  await says('fault', 'delay', '--from', 'alice', '--to', 'relay', '--by', '20ms');
  expect(await says('fault', 'list')).toBe(
    'away  cut bob ↔ relay\ndelay-2  delay alice → relay (20 ms late)',
  );
  const faults = JSON.parse(await says('fault', 'list', '--format', 'json'));
  expect(faults).toMatchObject({ faults: [{ id: 'cut-1', name: 'away', both: true }, { id: 'delay-2' }] });
  expect(await says('ps')).toMatch(/^run \S+ {2}ready, up .*, 2 faults in force$/m);
  expect((await folder.run(['fault', 'drop', 'bob', '--as', 'away'])).stderr).toContain('in force already');

  const late = await folder.run(['send', 'comment', 'alice', 'berlin-calls', 'Hello?', '--wait']);
  expect(late).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/ {2}bob unavailable$/) });
  const waited = await folder.run(['wait', '--event', 'comment_added', '--to', 'bob', '--within', '2s']);
  expect(waited).toMatchObject({ exitCode: 1, stdout: '' });
  expect(waited.stderr).toMatch(/^No comment_added to bob was delivered within 2 s\.\nThere was:\n/);
  expect(await says('explain', 'last')).toContain('cut bob ↔ relay is in force');
  expect(await says('heal', 'away')).toMatch(/^healed cut bob ↔ relay, it touched \d+$/);
  await says('wait', '--event', 'comment_added', '--to', 'bob');
  await says('heal');
  expect(await folder.run(['heal'])).toMatchObject({ exitCode: 5, stderr: 'No fault is in force.' });

  await says('fault', 'delay', 'alice', '--by', '5ms', '--for', '50ms');
  await vi.waitFor(async () => expect(await says('fault', 'list')).toBe(''), {
    timeout: 20_000,
    interval: 100,
  });

  expect(await says('kill', 'bob')).toContain('bob is killed');
  expect(await folder.run(['pause', 'bob'])).toMatchObject({
    exitCode: 1,
    stderr: 'That is not possible now: bob is stopped.\n"collab-dev start bob" brings it back.',
  });
  expect(await says('ps')).toMatch(/^bob +backend +stopped +- +- +- +0$/m);
  await says('start', 'bob');
  expect(await says('pause', 'alice')).toContain('alice is paused');
  expect(await says('ps')).toMatch(/^alice +backend +paused/m);
  await says('resume', 'alice');
  await says('restart', 'relay');
  expect(await says('ps')).toMatch(/^bob +backend +ready +\d+ +\S+ +\S+ s +1$/m);
  await says('wait', 'quiet');
});

test('events -f | head -1 ends with the first, and everybody who waits is told when the stack goes', async () => {
  await using stack = await aStack();
  const { folder, says } = stack;
  const head = folder.startOther('sh', ['-c', `"${process.execPath}" "${bin}" events -f --json | head -1`]);
  // Whoever follows does not say when it does: so there is something to follow until it has.
  const ended = head.ended.then(() => 'ended' as const);
  for (let turn = 0; ; turn += 1) {
    const verb = turn % 2 === 0 ? 'share' : 'revoke';
    await says('send', verb, 'alice', 'berlin-calls', 'bob', '--wait');
    if ((await Promise.race([ended, wait(50)])) === 'ended') break;
    if (turn > 100) throw new Error('It never ended.');
  }
  const { stdout, exitCode } = await head.ended;
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ type: 'step', from: 'alice', to: 'bob' });
  await folder.untilEmpty(/events/);

  const follower = folder.start(['events', '-f', '--from-start']);
  await follower.line(/position_shared/);
  const { runs } = psOutput.parse(JSON.parse(await says('ps', '--format', 'json')));
  process.kill(runs[0]?.pid ?? 0, 'SIGKILL');
  expect(await follower.ended).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('its supervisor has ended without a word'),
  });
  expect(await folder.run(['wait'])).toMatchObject({ exitCode: 3, stdout: '' });
});
