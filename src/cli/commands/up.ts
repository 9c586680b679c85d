import process from 'node:process';
import { z } from 'zod';
import { Problem } from '../../problem.ts';
import { topology } from '../../protocol/topology.ts';
import { attendRun } from '../attend-run.ts';
import { openerFor, openingFirstPage, openUrl } from '../open-page.ts';
import { openView } from '../open-view.ts';
import { chosenPorts } from '../ports.ts';
import { wantsDashboard } from '../terminal.ts';
import { topologyOption } from '../topology-option.ts';
import { parseUsers } from '../users.ts';
import type { DefineCommand } from './command.ts';

const upOptions = z.object({
  tui: z.boolean().optional(),
  users: z.string().optional(),
  scenario: z.string().optional(),
  ports: z.string().optional(),
  portBase: z.string().optional(),
  links: z.boolean(),
  pages: z.boolean(),
  open: z.boolean().default(false),
  tls: z.boolean().default(false),
  topology: topology.optional(),
  relays: z.string().optional(),
});

export const define: DefineCommand = (command, run) =>
  void command
    .option('--users <who>', 'how many users, or their names: 5, or alice,bob,carol')
    .option('--scenario <file>', 'what to play instead of the tour: a file, or the name of a shipped one')
    .option('--ports <auto>', '"auto" takes any free ports instead of 9000, 8000 + i and 3000 + i')
    .option('--port-base <n>', 'backends on N, N+1, …, pages on N+500, … and the relay on N+1000')
    .addOption(topologyOption())
    .option('--relays <n>', 'how many nodes the relay has, with a private Redis between them (1)')
    .option('--no-links', 'no hops in front of the relay and the backends; faults are not possible then')
    .option('--no-pages', 'no pages for the users')
    .option('--open', "open the first user's page in the browser when everything is ready")
    .option('--tls', 'everything speaks TLS, with certificates of an authority of this run')
    .option('--tui', 'open the dashboard, also where CI is set')
    .option('--no-tui', 'plain lines, one an event')
    .action((raw: unknown) => {
      const {
        users,
        scenario,
        links,
        pages,
        open,
        relays,
        tls,
        topology: wanted,
        tui,
        ...ports
      } = upOptions.parse(raw);
      return run((context) =>
        attendRun({
          context,
          settings: {
            mode: 'up',
            stay: true,
            ports: chosenPorts(ports),
            links,
            pages,
            tls,
            ...(wanted && { topology: wanted }),
            ...(relays !== undefined && { relays: relayCount(relays) }),
            ...(users !== undefined && { users: [...parseUsers(users)] }),
            play: { pace_ms: 0, by_key: false, ...(scenario !== undefined && { file: scenario }) },
          },
          async openView(folder, wishes) {
            const view = await openView(context, tui, folder, wishes);
            if (!open) return view;
            return openingFirstPage(view, {
              open: (url) => openUrl(url, openerFor(process.platform)),
              say: context.output.chatter,
              holdsScreen: wantsDashboard(tui, context.terminal),
            });
          },
        }),
      );
    });

function relayCount(given: string): number {
  const count = Number(given);
  if (Number.isInteger(count) && count >= 1 && count <= 9) return count;
  throw badRelays(given);
}

const badRelays = (given: string) =>
  new Problem({
    code: 'bad-relays',
    message: `--relays ${given} is not possible: a relay has 1 to 9 nodes.`,
    exit: 2,
  });
