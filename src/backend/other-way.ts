import type { MakeCarrier } from '../client/carrier.ts';
import type { PeerTokens } from '../client/peer-token.ts';
import type { PeerKey } from '../protocol/presence.ts';
import type { Tell } from '../protocol/records.ts';
import type { Address } from './address-guard.ts';
import type { AskPeer } from './ask-peer.ts';
import type { PeerKeys } from './direct/peer-keys.ts';
import type { ReceiveEvents } from './handlers/events.ts';
import type { Pages } from './pages.ts';
import type { Store } from './store/store.ts';

/** What ways to others are made of. */
export interface OwnParts {
  readonly store: Store;
  readonly tokenFor: PeerTokens['tokenFor'];
  readonly peerKey: PeerKey;
  readonly admit: (address: Address) => boolean;
  readonly pages: () => Pick<Pages, 'push'>;
  readonly tell: Tell;
}

/** How a backend reaches others where there is no relay. */
export interface OtherWay {
  readonly carrier: MakeCarrier;
  /** Absent: peers are asked at the addresses that presence tells. */
  readonly askPeer?: AskPeer | undefined;
  readonly keys?: PeerKeys | undefined;
  readonly receive?: ReceiveEvents | undefined;
}
