import type { Writable } from 'node:stream';

export type ColorChoice = 'auto' | 'always' | 'never';

/** What decides how we may talk to a person, read once at the border. */
export interface TerminalFacts {
  readonly stdinIsTTY: boolean;
  readonly stdoutIsTTY: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const isOn = (value: string | undefined): boolean =>
  value !== undefined && value !== '' && value !== '0' && value !== 'false';

/**
 * Whether to colour, as https://no-color.org and https://force-color.org have it: the flag wins over FORCE_COLOR,
 * that over NO_COLOR, and that over what the terminal seems to be.
 */
export function wantsColor(choice: ColorChoice, { stdoutIsTTY, env }: TerminalFacts): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  if (env.NO_COLOR) return false;
  return stdoutIsTTY && env.TERM !== 'dumb';
}

/**
 * Whether the dashboard may have the screen. It reads keys in raw mode, so a piped stdin rules it out as much as a
 * piped stdout; `wish` is `--tui`, `--no-tui` or COLLAB_DEV_TUI, and cannot make a terminal where there is none.
 */
export function wantsDashboard(
  wish: boolean | undefined,
  { stdinIsTTY, stdoutIsTTY, env }: TerminalFacts,
): boolean {
  if (!stdinIsTTY || !stdoutIsTTY || env.TERM === 'dumb') return false;
  if (wish !== undefined) return wish;
  if (env.COLLAB_DEV_TUI !== undefined) return isOn(env.COLLAB_DEV_TUI);
  return !isOn(env.CI);
}

/** Data for stdout, chatter for stderr, a line each. */
export interface Output {
  readonly color: boolean;
  data(line: string): void;
  chatter(line: string): void;
  /** Writes a space to stdout: that nobody reads any more is only noticed by writing. */
  probe(): void;
  /** Says nothing from here on: the terminal is gone, or somebody else's. */
  mute(): void;
  /** False while the reader of stdout is slower than we are. */
  readonly hasRoom: boolean;
  /** Called when there is room again. */
  onRoom(listener: () => void): void;
  /** Called once when the reader of stdout has gone away: whatever runs should end, in silence. */
  onReaderGone(listener: () => void): void;
  /** Resolves when all that was written has left the process. */
  drained(): Promise<void>;
}

type Stream = Pick<Writable, 'write' | 'writableNeedDrain' | 'on' | 'once'>;

export function openOutput(
  streams: { readonly stdout: Stream; readonly stderr: Stream },
  color: boolean,
): Output {
  const { stdout, stderr } = streams;
  const listeners: (() => void)[] = [];
  let muted = false;

  const gone = (): void => {
    if (muted) return;
    muted = true;
    for (const listener of listeners) listener();
  };
  // EPIPE: `| head` has seen enough. EIO: the terminal was closed. Either way there is nobody to tell.
  stdout.on('error', gone);
  stderr.on('error', () => {});

  const flushed = (stream: Stream): Promise<void> =>
    new Promise((resolve) => void stream.write('', () => resolve()));

  return {
    color,
    data: (line) => void (muted || stdout.write(`${line}\n`)),
    probe: () => void (muted || stdout.write(' ')),
    chatter: (line) => void (muted || stderr.write(`${line}\n`)),
    mute() {
      muted = true;
    },
    get hasRoom() {
      return muted || !stdout.writableNeedDrain;
    },
    onRoom: (listener) => void stdout.on('drain', listener),
    onReaderGone: (listener) => void listeners.push(listener),
    async drained() {
      if (!muted) await Promise.all([flushed(stdout), flushed(stderr)]);
    },
  };
}
