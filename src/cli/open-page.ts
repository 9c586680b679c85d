import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { messageOf } from '../problem.ts';
import type { RunView } from './run-view.ts';

export interface Opener {
  readonly command: string;
  readonly args: readonly string[];
}

/** What opens a URL in the browser of whoever sits here. */
export function openerFor(platform: NodeJS.Platform): Opener {
  if (platform === 'darwin') return { command: 'open', args: [] };
  if (platform === 'win32') return { command: 'explorer.exe', args: [] };
  return { command: 'xdg-open', args: [] };
}

/** Opens a URL; resolves with a sentence where that was not possible, and leaves the browser to itself otherwise. */
export async function openUrl(url: string, { command, args }: Opener): Promise<string | undefined> {
  const instead = `Open ${url} yourself.`;
  const child = spawn(command, [...args, url], { detached: true, stdio: 'ignore' });
  child.unref();
  const failed = once(child, 'error').then(
    ([error]) => `No browser could be opened (${messageOf(error)}). ${instead}`,
  );
  const exited = once(child, 'exit').then(([code, signal]) =>
    code === 0
      ? undefined
      : `No browser could be opened (${command}: ${signal ?? `exit code ${code}`}). ${instead}`,
  );
  failed.catch(() => {});
  exited.catch(() => {});
  return Promise.race([failed, exited]);
}

export interface OpenPageOptions {
  readonly open: (url: string) => Promise<string | undefined>;
  /** A sentence for the person. */
  readonly say: (sentence: string) => void;
  /** The view has the screen, so what there is to say waits until it is closed. */
  readonly holdsScreen: boolean;
}

/** The same view, which opens the first user's page as soon as the stack is ready. */
export function openingFirstPage(view: RunView, { open, say, holdsScreen }: OpenPageOptions): RunView {
  let asked = false;
  let unsaid: string | undefined;
  const tell = (sentence: string | undefined) => {
    if (sentence === undefined) return;
    if (holdsScreen) unsaid = sentence;
    else say(sentence);
  };
  return {
    ...(view.broken && { broken: view.broken }),
    snapshot(snapshot) {
      view.snapshot(snapshot);
      const [url] = Object.values(snapshot.pages);
      if (asked || snapshot.phase !== 'ready' || url === undefined) return;
      asked = true;
      void open(url).then(tell);
    },
    entries: (entries) => view.entries(entries),
    stopping: (again) => view.stopping(again),
    async [Symbol.asyncDispose]() {
      await view[Symbol.asyncDispose]();
      if (unsaid !== undefined) say(unsaid);
    },
  };
}
