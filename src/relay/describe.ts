import manifest from '../../package.json' with { type: 'json' };
import { isAdmin } from '../http/admin.ts';
import { indexPage } from '../http/index-page.ts';
import { exposition } from '../http/metrics/exposition.ts';
import type { ProcessMetrics } from '../http/metrics/process-metrics.ts';
import { once } from '../http/once.ts';
import type { Handlers } from '../http/serve-routes.ts';
import { asyncApi } from '../protocol/asyncapi.ts';
import { openApi } from '../protocol/openapi.ts';
import { relayAbout, relayRoutes } from '../protocol/relay-rest.ts';
import type { Member } from './member.ts';
import { type BusState, type RelayMeter, relayMetrics } from './meter.ts';

export interface DescribeOptions {
  readonly meter: RelayMeter;
  readonly process: ProcessMetrics;
  readonly members: () => Iterable<Member>;
  readonly accepting: () => boolean;
  readonly receiptsPending: () => number;
  readonly nodes: BusState | undefined;
  readonly secure: boolean;
  /** Shows more in the metrics; absent: nobody is shown more. */
  readonly adminToken: string | undefined;
}

type DescribeHandlers = Pick<Handlers<typeof relayRoutes>, 'metrics' | 'openApi' | 'asyncApi' | 'index'>;

/** What this relay says about itself. The documents are made when they are first asked for. */
export function describeHandlers(options: DescribeOptions): DescribeHandlers {
  const { version } = manifest;
  const api = once(() => openApi(relayRoutes, { ...relayAbout, version, url: '/' }));
  const sockets = once(() => asyncApi({ version, host: 'localhost:9000', secure: options.secure }));
  const page = once(() =>
    indexPage({
      title: relayAbout.title,
      sentence: relayAbout.description,
      routes: relayRoutes,
      sockets: [
        { path: '/socket.io', summary: 'Socket.IO 4, for backends' },
        { path: '/ws/{user_id}', summary: 'Plain WebSocket, for backends' },
      ],
    }),
  );
  return {
    metrics: ({ headers }) => {
      const state = {
        members: [...options.members()],
        accepting: options.accepting(),
        receiptsPending: options.receiptsPending(),
        version,
        bus: options.nodes,
      };
      const detailed = isAdmin(headers, options.adminToken);
      return exposition([...relayMetrics(options.meter, state, detailed), ...options.process.metrics()]);
    },
    openApi: () => api(),
    asyncApi: ({ host }) => {
      const document = sockets();
      const relay = { ...document.servers.relay, ...(host !== undefined && isHost(host) && { host }) };
      return { ...document, servers: { relay } };
    },
    index: () => page(),
  };
}

const isHost = (host: string): boolean => /^[\w.:[\]-]+$/.test(host);
