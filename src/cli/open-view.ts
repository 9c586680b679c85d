import { relative } from 'node:path';
import type { RunFolder } from '../stack/run-folder.ts';
import type { CommandContext } from './commands/command.ts';
import { openPlainView } from './plain-view.ts';
import type { RunView, ViewWishes } from './run-view.ts';
import { wantsDashboard } from './terminal.ts';

/** The dashboard where there is a terminal for it and nobody declined, else plain lines. */
export async function openView(
  { terminal, output, cwd }: CommandContext,
  wish: boolean | undefined,
  run: RunFolder,
  wishes: ViewWishes,
  /** It only looks on: the run goes on when it closes. */
  attached = false,
): Promise<RunView> {
  const { env } = terminal;
  const folder = relative(cwd, run.path);
  if (!wantsDashboard(wish, terminal)) return openPlainView({ output, wishes, folder });
  // Ink costs a third of a second: only who sees it pays.
  const { openDashboardView } = await import('./dashboard-view.ts');
  // What npm has started is not on the PATH.
  const command = env.npm_lifecycle_event === undefined ? 'collab-dev' : 'npx collab-dev';
  return openDashboardView({ output, wishes, run, folder, command, attached });
}
