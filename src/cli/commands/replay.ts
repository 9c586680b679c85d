import { z } from 'zod';
import { Problem } from '../../problem.ts';
import { topology } from '../../protocol/topology.ts';
import { attendRun } from '../attend-run.ts';
import { backendOption, configOption } from '../config-file/config-option.ts';
import { projectSettings, replayParts } from '../config-file/stack-settings.ts';
import { openView } from '../open-view.ts';
import { replayAttached } from '../replay-attached.ts';
import { liveRunOption } from '../run-option.ts';
import { wantsDashboard } from '../terminal.ts';
import { noTlsOption, tlsOption } from '../tls-option.ts';
import { topologyOption } from '../topology-option.ts';
import type { DefineCommand } from './command.ts';

const replayOptions = z.object({
  tui: z.boolean().optional(),
  step: z.boolean().default(false),
  exit: z.boolean().default(false),
  attach: z.boolean().default(false),
  run: z.string().optional(),
  topology: topology.optional(),
  tls: z.boolean().optional(),
  config: z.string().optional(),
  backend: z.array(z.string()),
});

/** Slow enough to read along, quick enough to wait for. */
const readingPaceMs = 700;

export const define: DefineCommand = (command, run) =>
  void command
    .argument('<file>', 'a scenario file, or the name of a shipped one, like share')
    .option('--attach', 'on a stack that runs, which has to have its users, and goes on after it')
    .addOption(liveRunOption())
    .option('--step', 'wait for a key in front of each step; needs the dashboard')
    .option('--exit', 'leave the dashboard as soon as there is a verdict')
    .addOption(configOption())
    .addOption(backendOption())
    .addOption(topologyOption())
    .addOption(tlsOption())
    .addOption(noTlsOption())
    .option('--tui', 'open the dashboard, also where CI is set')
    .option('--no-tui', 'plain lines, one an event')
    .action((file: string, raw: unknown) => {
      const { tui, step, exit, attach, run: live, ...flags } = replayOptions.parse(raw);
      return run(async (context) => {
        if (live !== undefined && !attach) throw needsAttach();
        if (attach) {
          if (step || flags.topology || flags.tls !== undefined || flags.backend.length > 0)
            throw notAttached();
          return replayAttached(context, { run: live, file, paceMs: readingPaceMs });
        }
        const seen = wantsDashboard(tui, context.terminal);
        if (step && !seen) throw noKeys();
        return attendRun({
          context,
          settings: {
            mode: 'replay',
            // The verdict is there to be read; without a dashboard it stands in the lines.
            stay: seen && !exit,
            ports: 'auto',
            links: true,
            pages: false,
            ...replayParts(await projectSettings(flags, context)),
            play: { file, pace_ms: readingPaceMs, by_key: step },
          },
          openView: (folder, wishes) => openView(context, tui, folder, wishes),
        });
      });
    });

const needsAttach = () =>
  new Problem({
    code: 'needs-attach',
    message: '--run names a stack that runs, on which only --attach plays.',
    exit: 2,
  });

const notAttached = () =>
  new Problem({
    code: 'not-attached',
    message:
      'With --attach the stack is as it is: --step, --topology, --tls and --backend are for one of its own.',
    exit: 2,
  });

const noKeys = () =>
  new Problem({
    code: 'no-keys',
    message: '--step goes on by a key of the dashboard, and there is none here.',
    hint: 'Run it in a terminal, without --no-tui; CI and TERM=dumb rule the dashboard out.',
    exit: 2,
  });
