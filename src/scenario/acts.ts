import type { EventType } from '../protocol/events.ts';
import type { Cause, CommentId, EventId, PositionId, UserId } from '../protocol/ids.ts';
import type { PositionChange } from '../protocol/positions.ts';
import type { Range } from './complaint.ts';

/** What an act was to do, as its own user's database would show it. */
export type Deed =
  | { readonly do: 'share'; readonly position: PositionId; readonly with: readonly UserId[] }
  | { readonly do: 'comment'; readonly position: PositionId; readonly text: string }
  | { readonly do: 'update'; readonly position: PositionId; readonly set: PositionChange }
  | { readonly do: 'revoke'; readonly position: PositionId; readonly from: UserId }
  | { readonly do: 'befriend'; readonly friend: UserId }
  | { readonly do: 'unfriend'; readonly friend: UserId }
  /** A raw event, past the outbox: it leaves nothing in its sender's database. */
  | { readonly do: 'emit'; readonly type: EventType; readonly to: readonly UserId[] }
  /** A request of the file's own making: what it does is not known here. */
  | { readonly do: 'request' };

/** What the actor was told. */
export type ActOutcome =
  | {
      readonly is: 'done';
      readonly status?: number;
      readonly events?: readonly EventId[] | undefined;
      readonly comment?: CommentId | undefined;
      readonly version?: number | undefined;
    }
  | { readonly is: 'refused'; readonly status?: number; readonly code?: string | undefined }
  /** No answer: it may have been carried out. */
  | { readonly is: 'unknown'; readonly why: string };

/** An act of a scenario with its outcome. `began` and `ended` are places in one count over all acts. */
export interface Act {
  readonly user: UserId;
  /** In words that follow "to": `share berlin-calls with bob`. */
  readonly what: string;
  readonly deed: Deed;
  readonly cause: Cause | undefined;
  readonly outcome: ActOutcome;
  /** Its step asked for more than that it is done: a receipt, or how far it gets. */
  readonly wantsMore: boolean;
  readonly began: number;
  readonly ended: number;
  /** The step that it belongs to. */
  readonly range: Range | undefined;
}

/** Writes down the acts of a scenario, for the oracle. */
export class ActLog {
  readonly #acts: Act[] = [];
  #count = 0;

  get all(): readonly Act[] {
    return this.#acts;
  }

  /** Call it when an act begins, and what it answers when the outcome is there. */
  begin(
    act: Pick<Act, 'user' | 'what' | 'deed' | 'cause' | 'range' | 'wantsMore'>,
  ): (outcome: ActOutcome) => void {
    this.#count += 1;
    const began = this.#count;
    return (outcome) => {
      this.#count += 1;
      this.#acts.push({ ...act, began, ended: this.#count, outcome });
    };
  }
}
