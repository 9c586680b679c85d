import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';
import type { TestContext } from 'vitest';
import { requirement } from '../rig/requirement.ts';
import { type aFolder, bin } from './rig.ts';

/** A loaded machine may take its time; a screen that never comes is told with what was there instead. */
const patienceMs = 45_000;
const lookEveryMs = 60;

/** For the tests themselves: several screens, each with its patience. */
export const terminalTestMs = 120_000;

const prompt = 'shell>';

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * A shell with job control in a terminal of its own, in a folder: real keys go in, and what a person sees comes out. The
 * terminal is tmux's, on a server that is ours alone.
 */
export async function aTerminal(
  context: TestContext,
  folder: Awaited<ReturnType<typeof aFolder>>,
  { columns = 120, rows = 40, env = {} }: TerminalOptions = {},
) {
  requirement(context, 'tmux (the Debian package tmux)', await version());
  const socket = join(folder.path, 'tmux.sock');
  const tmux = async (...args: string[]): Promise<string> =>
    (await execa('tmux', ['-S', socket, '-f', '/dev/null', ...args], { env: shellEnvironment })).stdout;
  const variables = Object.entries({ PS1: `${prompt} `, ...env }).map(([name, value]) => `${name}=${value}`);
  await tmux(
    ...['new-session', '-d', '-x', String(columns), '-y', String(rows), '-c', folder.path],
    ...['env', ...variables, 'sh', '-i'],
  );

  const screen = (): Promise<string> => tmux('capture-pane', '-p');
  const fact = (format: string): Promise<string> => tmux('display-message', '-p', format);

  /** Looks until it holds; rejects with the screen after our patience. */
  async function until(what: string, holds: (screen: string) => boolean | Promise<boolean>): Promise<string> {
    const end = performance.now() + patienceMs;
    for (;;) {
      const seen = await screen();
      if (await holds(seen)) return seen;
      if (performance.now() > end) throw new Error(`The terminal never showed ${what}. It shows:\n${seen}`);
      await wait(lookEveryMs);
    }
  }

  /** Everything that a program may leave behind changed: the line discipline, the screen, the cursor, the mouse. */
  async function modes(): Promise<string> {
    const tty = await fact('#{pane_tty}');
    const { stdout } = await execa('stty', ['-a', '-F', tty]);
    const flags = ['alternate_on', 'cursor_flag', 'keypad_flag', 'keypad_cursor_flag', 'mouse_any_flag'];
    return `${stdout}\n${await fact(flags.map((flag) => `${flag} #{${flag}}`).join(', '))}`;
  }

  await until('a prompt', (seen) => seen.includes(prompt));
  return {
    screen,
    until,
    modes,
    /** Resolves with the screen once the pattern is on it. */
    sees: (pattern: RegExp) => until(String(pattern), (seen) => pattern.test(seen)),
    /** Resolves once the pattern is not on it any more. */
    loses: (pattern: RegExp) => until(`anything but ${pattern}`, (seen) => !pattern.test(seen)),
    /** Text, as it is typed. */
    type: (text: string) => tmux('send-keys', '-l', text),
    /** Keys by their names: `Enter`, `C-c`, `Escape`, `Down`. */
    press: (...keys: string[]) => tmux('send-keys', ...keys),
    resize: (width: number, height: number) =>
      tmux('resize-window', '-x', String(width), '-y', String(height)),
    /** Types a command line of ours, or any other. */
    async run(line: string) {
      await tmux('send-keys', '-l', line);
      await tmux('send-keys', 'Enter');
    },
    isOnOtherScreen: async () => (await fact('#{alternate_on}')) === '1',
    /** Resolves when the shell has the terminal again, with its modes as they were. */
    givenBack: (before: string) =>
      until('its first modes again', async (seen) => {
        const now = await modes();
        return now === before && seen.trimEnd().endsWith(prompt);
      }),
    async [Symbol.asyncDispose]() {
      await tmux('kill-server').catch(() => {});
    },
  };
}

/** Our command, as it is typed. */
export const collabDev = `"${process.execPath}" "${bin}"`;

/** What of a folder's processes is ours: not the terminal, nor its shell. */
export const ours = /collab-dev\.js|\/dist\//;

/** Nothing of the terminal or the CI that these tests run in. */
const shellEnvironment = {
  CI: undefined,
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
  COLLAB_DEV_TUI: undefined,
  TMUX: undefined,
};

async function version(): Promise<string | undefined> {
  const { stdout, failed } = await execa('tmux', ['-V'], { reject: false });
  return failed ? undefined : stdout;
}
