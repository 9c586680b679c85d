import process from 'node:process';
import { serveChild } from '../host/serve-child.ts';
import { relayConfig } from '../protocol/relay-config.ts';
import { openRelay } from './relay.ts';

serveChild({ process, schema: relayConfig, open: openRelay });
