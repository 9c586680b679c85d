import process from 'node:process';
import { serveChild } from '../host/serve-child.ts';
import { backendConfig } from '../protocol/backend-config.ts';
import { openBackend } from './backend.ts';

serveChild({ process, schema: backendConfig, open: openBackend });
