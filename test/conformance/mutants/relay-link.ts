import { relayToken as real } from '../../../src/backend/relay-link.ts';

export * from '../../../src/backend/relay-link.ts';

/** Reads the token once, at the start. */
export const relayToken: typeof real = (config) => {
  let first: Promise<string | undefined> | undefined;
  return () => {
    first ??= real(config)();
    return first;
  };
};
