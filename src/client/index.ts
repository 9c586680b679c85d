export type { Carrier, CarrierCensus, CarrierEvents, MakeCarrier } from './carrier.ts';
export type {
  Applied,
  CollabClient,
  CollabClientOptions,
  CollabClientTiming,
  OutgoingEvent,
} from './collab-client.ts';
export { openCollabClient } from './open-collab-client.ts';
export { OutboxFull } from './outbox-table.ts';
export { loadOrMakePeerKey, type OwnPeerKey } from './peer-key.ts';
export {
  makePeerToken,
  type PeerTokens,
  type PeerVerdict,
  peerTokens,
  verifyPeerToken,
} from './peer-token.ts';
export type { AnswerQuestion, RelayedAnswer } from './relay-fetches.ts';
export { inTransaction } from './transaction.ts';
