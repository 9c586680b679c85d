import process from 'node:process';
import { serveChild } from '../../host/serve-child.ts';
import { linksConfig } from '../../protocol/links-config.ts';
import { openLinks } from './open-links.ts';

serveChild({ process, schema: linksConfig, open: openLinks });
