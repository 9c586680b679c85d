import { join } from 'node:path';
import process from 'node:process';
import { serveChild } from '../../host/serve-child.ts';
import { pagesConfig } from '../../protocol/pages-config.ts';
import { openPageHost } from './open-page-host.ts';

serveChild({
  process,
  schema: pagesConfig,
  // The built page lies beside this bundle.
  open: (config) => openPageHost(config, join(import.meta.dirname, 'page')),
});
