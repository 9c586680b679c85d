import process from 'node:process';
import { serveChild } from '../host/serve-child.ts';
import { relayConfig } from '../protocol/relay-config.ts';
import { openRelay } from './relay.ts';

serveChild({
  process,
  schema: relayConfig,
  async open(config, context) {
    const relay = await openRelay(config, context);
    return {
      url: relay.url,
      async census() {
        await relay.caughtUp();
        return relay.census();
      },
      [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose](),
    };
  },
});
