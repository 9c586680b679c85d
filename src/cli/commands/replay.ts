import { z } from 'zod';
import { attendRun } from '../attend-run.ts';
import { openView } from '../open-view.ts';
import type { DefineCommand } from './command.ts';

const replayOptions = z.object({ tui: z.boolean().optional() });

/** Slow enough to read along, quick enough to wait for. */
const readingPaceMs = 700;

export const define: DefineCommand = (command, run) =>
  void command
    .argument('<file>', 'a scenario file, or the name of a shipped one, like share')
    .option('--tui', 'open the dashboard')
    .option('--no-tui', 'plain lines (the default)')
    .action((file: string, raw: unknown) => {
      const { tui = false } = replayOptions.parse(raw);
      return run((context) =>
        attendRun({
          context,
          settings: { mode: 'replay', ports: 'auto', links: true, play: { file, pace_ms: readingPaceMs } },
          openView: (folder, wishes) => openView(context, tui, folder, wishes),
        }),
      );
    });
