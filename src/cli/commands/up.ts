import process from 'node:process';
import { z } from 'zod';
import { Problem } from '../../problem.ts';
import { topology } from '../../protocol/topology.ts';
import { attendRun, type RunWish } from '../attend-run.ts';
import { besideOthers, freeName } from '../beside.ts';
import { backendOption, configOption } from '../config-file/config-option.ts';
import { projectSettings, upParts } from '../config-file/stack-settings.ts';
import type { CommandExit } from '../exit-codes.ts';
import { openerFor, openingFirstPage, openUrl } from '../open-page.ts';
import { openView } from '../open-view.ts';
import { formatOption } from '../run-option.ts';
import { startDetached } from '../start-detached.ts';
import { wantsDashboard } from '../terminal.ts';
import { noTlsOption, tlsOption } from '../tls-option.ts';
import { topologyOption } from '../topology-option.ts';
import type { CommandContext, DefineCommand } from './command.ts';

const upOptions = z.object({
  detach: z.boolean().default(false),
  name: z.string().optional(),
  format: z.enum(['text', 'json']),
  tui: z.boolean().optional(),
  users: z.string().optional(),
  scenario: z.string().optional(),
  ports: z.string().optional(),
  portBase: z.string().optional(),
  links: z.boolean(),
  pages: z.boolean(),
  open: z.boolean().default(false),
  tls: z.boolean().optional(),
  topology: topology.optional(),
  relays: z.string().optional(),
  config: z.string().optional(),
  backend: z.array(z.string()),
});
type UpOptions = z.infer<typeof upOptions>;

export const define: DefineCommand = (command, run) =>
  void command
    .option('-d, --detach', 'return as soon as it is ready; it stays until "collab-dev down"')
    .option('--name <name>', 'what other commands may call it with --run')
    .option('--users <who>', 'how many users, or their names: 5, or alice,bob,carol')
    .option('--scenario <file>', 'what to play instead of the tour: a file, or the name of a shipped one')
    .option('--ports <auto>', '"auto" takes any free ports instead of 9000, 8000 + i and 3000 + i')
    .option('--port-base <n>', 'backends on N, N+1, …, pages on N+500, … and the relay on N+1000')
    .addOption(configOption())
    .addOption(backendOption())
    .addOption(topologyOption())
    .option('--relays <n>', 'how many nodes the relay has, with a private Redis between them (1)')
    .option('--no-links', 'no hops in front of the relay and the backends; faults are not possible then')
    .option('--no-pages', 'no pages for the users')
    .option('--open', "open the first user's page in the browser when everything is ready")
    .addOption(tlsOption())
    .addOption(noTlsOption())
    .option('--tui', 'open the dashboard, also where CI is set')
    .option('--no-tui', 'plain lines, one an event')
    .addOption(formatOption())
    .action((raw: unknown) => {
      const options = upOptions.parse(raw);
      return run((context) =>
        besideOthers(context.cwd, async () => {
          const settings = await wishOf(options, context);
          return options.detach ? detached(context, settings, options) : attended(context, settings, options);
        }),
      );
    });

async function wishOf(options: UpOptions, context: CommandContext): Promise<RunWish> {
  const { name, scenario, links, pages, ...flags } = options;
  const project = await projectSettings({ ...flags, ...onlyOff({ links, pages }) }, context);
  return {
    mode: 'up',
    stay: true,
    ...(name !== undefined && { name: await freeName(context.cwd, name) }),
    ...upParts(project, scenario),
    play: { pace_ms: 0, by_key: false, ...(scenario !== undefined && { file: scenario }) },
  };
}

async function detached(
  context: CommandContext,
  settings: RunWish,
  { format, open }: UpOptions,
): Promise<CommandExit> {
  const [page] = await startDetached({ context, settings, format });
  const trouble = open && page !== undefined && (await openUrl(page, openerFor(process.platform)));
  if (trouble) context.output.chatter(trouble);
  return 0;
}

function attended(
  context: CommandContext,
  settings: RunWish,
  { tui, open, format }: UpOptions,
): Promise<CommandExit> {
  if (format === 'json') throw onlyDetached();
  return attendRun({
    context,
    settings,
    async openView(folder, wishes) {
      const view = await openView(context, tui, folder, wishes);
      if (!open) return view;
      return openingFirstPage(view, {
        open: (url) => openUrl(url, openerFor(process.platform)),
        say: context.output.chatter,
        holdsScreen: wantsDashboard(tui, context.terminal),
      });
    },
  });
}

/** `--no-links` says something; that it is not there says nothing. */
const onlyOff = ({ links, pages }: { readonly links: boolean; readonly pages: boolean }) => ({
  ...(!links && { links }),
  ...(!pages && { pages }),
});

const onlyDetached = () =>
  new Problem({
    code: 'only-detached',
    message: '--format json is for -d: a stack that is watched tells what happens, line by line.',
    hint: 'Start it with -d, and follow it with "collab-dev events -f --json".',
    exit: 2,
  });
