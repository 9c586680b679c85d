import { addressGuard as real } from '../../../src/backend/address-guard.ts';

export * from '../../../src/backend/address-guard.ts';

/** Dials private addresses, whatever the setting says. */
export const addressGuard: typeof real = () => real({ allowPrivate: true });
