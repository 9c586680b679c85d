import { onTestFinished } from 'vitest';
import type { z } from 'zod';
import type { Happening } from '../../src/protocol/records.ts';
import { relayConfig } from '../../src/protocol/relay-config.ts';
import { openRelay, type Relay } from '../../src/relay/relay.ts';

export interface TestRelay {
  readonly url: string;
  readonly told: Happening[];
  census: Relay['census'];
  /** Closes it and starts an empty one on the same port. */
  replace(): Promise<void>;
  close(): Promise<void>;
}

/** A real relay that believes everybody, on a free port, for as long as the test. */
export async function startRelay(config: Partial<z.input<typeof relayConfig>> = {}): Promise<TestRelay> {
  const told: Happening[] = [];
  const open = (port: number) =>
    openRelay(
      relayConfig.parse({
        port,
        trust: { insecure: true },
        grace_ms: 30,
        unavailable_after_ms: 20,
        ...config,
      }),
      { tell: (happening) => told.push(happening) },
    );
  let relay: Relay | undefined = await open(0);
  const { url, port } = relay;
  const close = async () => {
    const closing = relay;
    relay = undefined;
    await closing?.[Symbol.asyncDispose]();
  };
  onTestFinished(close);
  return {
    url,
    told,
    census: () => relay?.census() ?? { links: [], runnable: {}, parked: {}, pages: [] },
    close,
    replace: async () => {
      await close();
      relay = await open(port);
    },
  };
}
