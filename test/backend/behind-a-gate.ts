import { startGate, startRelay, startUser } from './rig.ts';

/** alice, whom others reach only through a gate that can be shut and can answer in her place, and her friend bob. */
export async function aliceBehindAGate(bobs: { readonly allow_private?: boolean } = {}) {
  const relay = await startRelay();
  const gate = await startGate();
  const alice = await startUser('alice', { relay, friends: ['bob'], config: { public_url: gate.url } });
  const bob = await startUser('bob', { relay, friends: ['alice'], config: bobs });
  gate.leadTo(alice.backend);
  return { relay, gate, alice, bob };
}
