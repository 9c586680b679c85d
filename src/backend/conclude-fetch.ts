import type { UserId } from '../protocol/ids.ts';
import type { PageFrame } from '../protocol/page-socket.ts';
import { positionContent } from '../protocol/positions.ts';
import { isStale } from './checks/judge-answer.ts';
import type { FetchJudgement } from './checks/judge-fetch.ts';
import { mayStore } from './checks/may-store.ts';
import { nameOf, notify } from './effects/effect.ts';
import type { FetchedPosition } from './fetch-position.ts';
import { showPosition } from './show-position.ts';
import type { FetchJob } from './store/fetch-jobs.ts';
import { notificationLimit } from './store/notifications.ts';
import type { Copy } from './store/positions.ts';
import type { Store } from './store/store.ts';

/** `job` as it was when its attempt ended. */
export type FetchConclusion =
  /** Somebody else's business now: a revoke or a newer grant came in between. */
  | { readonly kind: 'overtaken' }
  | { readonly kind: 'postponed'; readonly job: FetchJob }
  | { readonly kind: 'stored'; readonly job: FetchJob; readonly frames: readonly PageFrame[] }
  /** `orphaned`: its owner says that there is no such share, and a copy of it is here. */
  | {
      readonly kind: 'ended';
      readonly job: FetchJob;
      readonly frames: readonly PageFrame[];
      readonly orphaned: boolean;
    };

interface Context {
  readonly me: UserId;
  readonly store: Store;
  readonly now: string;
  /** When to try again if this was not the end, in ms since 1970. */
  readonly retryAt: number;
}

/** Writes what came of one attempt; call it inside a transaction. */
export function concludeFetch(
  begun: FetchJob,
  judgement: FetchJudgement<FetchedPosition>,
  context: Context,
): FetchConclusion {
  const { store, retryAt } = context;
  // Read again: an event in the meantime may have raised what is wanted.
  const job = store.fetchJobs.find(begun.position_id);
  if (!job || !mayStore(begun, job)) return { kind: 'overtaken' };
  switch (judgement.do) {
    case 'store':
      if (!isStale(judgement.answer, job.wanted, job.attempts)) return stored(job, judgement.answer, context);
      break;
    case 'end':
      return ended(job, judgement.code, context);
    case 'retry':
      break;
    default:
      return judgement satisfies never;
  }
  store.fetchJobs.postpone(job.n, retryAt);
  return { kind: 'postponed', job };
}

function stored(job: FetchJob, answer: FetchedPosition, context: Context): FetchConclusion {
  const { store } = context;
  const { position_id: id, event } = job;
  store.fetchJobs.remove(job.n);
  const held = store.positions.find(id);
  if (!held || held.kind === 'own') return { kind: 'overtaken' };
  const copy: Copy = {
    ...held,
    kind: 'copy',
    version: answer.version,
    content: positionContent.parse(answer),
    createdAt: answer.created_at,
    updatedAt: answer.updated_at,
  };
  store.positions.fill(id, copy);
  store.comments.merge(id, answer.comments ?? []);

  const shown: PageFrame = { type: 'position', position: showPosition(copy, { owner: false }) };
  const isNew = event
    ? event.type === 'position_shared' && !(held.kind === 'copy' && wasShown(job, store))
    : held.kind === 'fetching';
  if (!isNew) return { kind: 'stored', job, frames: [shown] };
  const notice = notify(context, {
    kind: 'position_shared',
    text: `${nameOf(store, job.owner_id)} shares ${copy.content.symbol} with you.`,
    from_user: job.owner_id,
    position_id: id,
    ...(job.share_id !== undefined && { share_id: job.share_id }),
    ...(event && { event_id: event.id }),
  });
  return { kind: 'stored', job, frames: [...(event ? [event] : []), shown, notice] };
}

/** A comparison with the owner was faster than the event of this grant, and its user has read of it. */
const wasShown = ({ position_id, share_id }: FetchJob, store: Store): boolean =>
  share_id !== undefined &&
  store.notifications
    .newest(notificationLimit)
    .some(
      (one) =>
        one.kind === 'position_shared' &&
        one.event_id === undefined &&
        one.position_id === position_id &&
        one.share_id === share_id,
    );

const noSuchShare = new Set(['http_403', 'http_404', 'http_410']);

/**
 * A copy that was there before stays: if access to it is gone, its revoke is on the way, or a comparison with the owner
 * shows that it is lost. What only a comparison asked for, and was taken back meanwhile, nobody has heard of.
 */
function ended(job: FetchJob, code: string, context: Context): FetchConclusion {
  const { store } = context;
  const { position_id, owner_id, event } = job;
  store.fetchJobs.remove(job.n);
  const orphaned = noSuchShare.has(code) && store.positions.find(position_id)?.kind === 'copy';
  if (store.positions.find(position_id)?.kind === 'fetching') store.positions.remove(position_id);
  if (!event && noSuchShare.has(code)) return { kind: 'ended', job, frames: [], orphaned: false };
  const notice = notify(context, {
    kind: 'fetch_failed',
    text: `What ${nameOf(store, owner_id)} shares could not be fetched (${code}).`,
    from_user: owner_id,
    position_id,
    ...(event && { event_id: event.id }),
    code,
  });
  return { kind: 'ended', job, frames: [notice], orphaned };
}
