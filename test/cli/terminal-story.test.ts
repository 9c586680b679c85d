import process from 'node:process';
import { expect, test } from 'vitest';
import { aFolder, bin, commandTestMs } from './rig.ts';

test(
  'the story of the README: from init to down, and not one process is left',
  async () => {
    await using folder = await aFolder();
    const says = async (...command: string[]): Promise<string> => {
      const { stdout, stderr, exitCode } = await folder.run(command);
      expect({ command, stderr, exitCode }).toMatchObject({ exitCode: 0 });
      return stdout;
    };
    await says('init');
    expect(await says('up', '-d', '--ports', 'auto')).toMatch(/^collab-dev is ready in \d+ ms, run \S+$/m);
    expect(await says('ps')).toMatch(/^alice +backend +ready +\d+ +http:\S+ +\d+ s +0$/m);
    const follower = folder.startOther('sh', [
      '-c',
      `"${process.execPath}" "${bin}" events -f --from-start --json | head -1`,
    ]);
    const event = await says('send', 'share', 'alice', 'berlin-calls', 'bob');
    const { stdout, exitCode } = await follower.ended;
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ event, text: expect.stringContaining('alice → bob') });

    expect(await says('fault', 'cut', 'bob')).toBe('cut-1: cut bob ↔ relay');
    const lost = await folder.run(['send', 'comment', 'alice', 'berlin-calls', 'Still there?', '--wait']);
    expect(lost).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/ {2}bob unavailable$/) });
    expect(await says('explain', 'last')).toMatch(
      /^bob: waiting in alice's outbox: .*cut bob ↔ relay is in force$/m,
    );
    expect(await says('heal')).toMatch(/^healed cut bob ↔ relay, it touched \d+$/);
    expect(await says('wait', '--event', 'comment_added', '--to', 'bob')).toContain(
      'alice → bob comment_added',
    );
    expect(await says('down')).toMatch(/^Run \S+ has stopped; none of its \d+ processes is left\.$/);
    await folder.untilEmpty(/events/);
    expect(await folder.processes()).toEqual([]);
  },
  2 * commandTestMs,
);
