/** What a test gives and gets. Published as it is, so without a type of anybody else's. */

/** Milliseconds, or a number with its unit: `500`, `'500ms'`, `'2s'`, `'1m'`. */
export type Duration = number | string;

/** The four events that backends send one another. */
export type EventType = 'position_shared' | 'comment_added' | 'position_updated' | 'share_revoked';

export interface Leg {
  readonly action: 'buy' | 'sell';
  readonly right: 'call' | 'put';
  readonly strike: number;
  /** `2027-03-19` */
  readonly expiration: string;
  readonly quantity: number;
}

export interface PositionContent {
  readonly symbol: string;
  readonly strategy?: string;
  readonly quantity?: number;
  readonly legs?: readonly Leg[];
  readonly notes?: string;
  readonly tags?: readonly string[];
}

/** A position as its owner or a reader has it. */
export interface Position extends Required<PositionContent> {
  readonly id: string;
  readonly owner_id: string;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
  readonly read_only: boolean;
  /** For the owner alone. */
  readonly shared_with?: readonly string[] | undefined;
}

export interface Comment {
  readonly id: string;
  readonly text: string;
  readonly user: { readonly id: string; readonly display_name: string };
  readonly created_at: string;
}

/** An event as it reached a recipient's backend. */
export interface ReceivedEvent {
  readonly id: string;
  readonly type: EventType;
  readonly from_user: string;
  readonly to_users: readonly string[];
  readonly sent_at: string;
  readonly data: { readonly position_id: string } & Readonly<Record<string, unknown>>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}
