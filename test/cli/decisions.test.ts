import { describe, expect, test } from 'vitest';
import { worstExit } from '../../src/cli/exit-codes.ts';
import { type Interruption, interrupted } from '../../src/cli/interrupts.ts';
import { chosenPorts } from '../../src/cli/ports.ts';
import { wantsColor, wantsDashboard } from '../../src/cli/terminal.ts';
import { parseUsers, usualFriends } from '../../src/cli/users.ts';

describe('the exit code of several outcomes', () => {
  test.each([
    [[], 0],
    [[0, 0], 0],
    [[0, 4, 5], 4],
    [[1, 4], 1],
    [[1, 3, 4], 3],
    [[3, 70, 1], 70],
  ] as const)('%j is %i', (codes, expected) => {
    expect(worstExit(codes)).toBe(expected);
  });
});

describe('signals', () => {
  const running: Interruption = { id: 'running' };

  test('the first one stops, a second one after 300 ms forces, and we die of the first', () => {
    const stopping = interrupted(running, 'SIGTERM', 1000);
    expect(stopping).toEqual({ id: 'stopping', signal: 'SIGTERM', since: 1000 });
    expect(interrupted(stopping, 'SIGINT', 1300)).toEqual({ id: 'forcing', signal: 'SIGTERM' });
  });

  test('one that comes twice at once is one', () => {
    const stopping = interrupted(running, 'SIGINT', 1000);
    expect(interrupted(stopping, 'SIGINT', 1299)).toBe(stopping);
  });
});

describe('colour', () => {
  const facts = (env: Record<string, string>, stdoutIsTTY = true) => ({ stdinIsTTY: true, stdoutIsTTY, env });

  test.each([
    ['a terminal', 'auto', facts({ TERM: 'xterm' }), true],
    ['a pipe', 'auto', facts({}, false), false],
    ['a dumb terminal', 'auto', facts({ TERM: 'dumb' }), false],
    ['NO_COLOR', 'auto', facts({ NO_COLOR: '1' }), false],
    ['an empty NO_COLOR', 'auto', facts({ NO_COLOR: '' }), true],
    ['FORCE_COLOR over NO_COLOR and a pipe', 'auto', facts({ FORCE_COLOR: '1', NO_COLOR: '1' }, false), true],
    ['FORCE_COLOR=0', 'auto', facts({ FORCE_COLOR: '0' }), false],
    ['--color never over FORCE_COLOR', 'never', facts({ FORCE_COLOR: '1' }), false],
    ['--color always over a pipe', 'always', facts({}, false), true],
  ] as const)('%s', (_name, choice, terminal, expected) => {
    expect(wantsColor(choice, terminal)).toBe(expected);
  });
});

describe('the dashboard opens', () => {
  const tty = { stdinIsTTY: true, stdoutIsTTY: true, env: { TERM: 'xterm' } };

  test.each([
    ['on a terminal', undefined, tty, true],
    ['not with a piped stdin, whatever is wished', true, { ...tty, stdinIsTTY: false }, false],
    ['not with a piped stdout, whatever is wished', true, { ...tty, stdoutIsTTY: false }, false],
    ['not on a dumb terminal', true, { ...tty, env: { TERM: 'dumb' } }, false],
    ['not in CI', undefined, { ...tty, env: { CI: 'true' } }, false],
    ['in CI where --tui asks for it', true, { ...tty, env: { CI: 'true' } }, true],
    ['not with --no-tui', false, tty, false],
    ['not with COLLAB_DEV_TUI=0', undefined, { ...tty, env: { COLLAB_DEV_TUI: '0' } }, false],
  ] as const)('%s', (_name, wish, terminal, expected) => {
    expect(wantsDashboard(wish, terminal)).toBe(expected);
  });
});

describe('--users', () => {
  test('a number takes names from a list, and numbers them where it ends', () => {
    expect(parseUsers('4')).toEqual(['alice', 'bob', 'carol', 'dave']);
    expect(parseUsers('27').at(-1)).toBe('user-27');
  });

  test('names are taken as they are', () => {
    expect(parseUsers('dave, erin')).toEqual(['dave', 'erin']);
  });

  test.each(['0', '201', 'Alice', 'alice,alice', 'relay', 'alice,,bob', ''])('%j is refused', (text) => {
    expect(() => parseUsers(text)).toThrow(expect.objectContaining({ code: 'bad-users', exit: 2 }));
  });

  test('everybody names everybody, and carol names nobody', () => {
    expect(Object.fromEntries(usualFriends(parseUsers('4')))).toEqual({
      alice: ['bob', 'carol', 'dave'],
      bob: ['alice', 'carol', 'dave'],
      carol: [],
      dave: ['alice', 'bob', 'carol'],
    });
  });
});

describe('ports', () => {
  test.each([
    ['what nobody has said', {}, undefined],
    ['any free ones', { ports: 'auto' }, 'auto'],
    ['from a base on', { portBase: '20000' }, { relay: 21000, first_backend: 20000, first_page: 20500 }],
  ] as const)('%s', (_name, options, expected) => {
    expect(chosenPorts(options)).toEqual(expected);
  });

  test.each([{ ports: '9000' }, { portBase: '80' }, { portBase: 'x' }, { ports: 'auto', portBase: '20000' }])(
    '%j is refused',
    (options) => {
      expect(() => chosenPorts(options)).toThrow(expect.objectContaining({ code: 'bad-ports', exit: 2 }));
    },
  );
});
