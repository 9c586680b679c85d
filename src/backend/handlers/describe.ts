import manifest from '../../../package.json' with { type: 'json' };
import { indexPage } from '../../http/index-page.ts';
import { exposition } from '../../http/metrics/exposition.ts';
import type { ProcessMetrics } from '../../http/metrics/process-metrics.ts';
import { once } from '../../http/once.ts';
import type { Handlers } from '../../http/serve-routes.ts';
import { backendAbout, backendRoutes, pageSocketPath } from '../../protocol/backend-rest.ts';
import { openApi } from '../../protocol/openapi.ts';
import { type BackendMeter, type BackendState, backendMetrics } from '../meter.ts';

export interface DescribeOptions extends Pick<BackendState, 'client'> {
  readonly meter: BackendMeter;
  readonly process: ProcessMetrics;
  readonly census: () => BackendState['census'];
}

/** What this backend says about itself. The documents are made when they are first asked for. */
export function describeHandlers({
  client,
  meter,
  process: own,
  census,
}: DescribeOptions): Pick<Handlers<typeof backendRoutes>, 'metrics' | 'openApi' | 'index'> {
  const { version } = manifest;
  const api = once(() => openApi(backendRoutes, { ...backendAbout, version, url: '/' }));
  const page = once(() =>
    indexPage({
      title: backendAbout.title,
      sentence: backendAbout.description,
      routes: backendRoutes,
      sockets: [{ path: pageSocketPath, summary: "What happens, for the user's own page" }],
    }),
  );
  return {
    metrics: () =>
      exposition([
        ...backendMetrics(meter, { client, census: census(), version, now: Date.now() }),
        ...own.metrics(),
      ]),
    openApi: () => api(),
    index: () => page(),
  };
}
