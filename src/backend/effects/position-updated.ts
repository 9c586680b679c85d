import type { DeliveredEvent } from '../../protocol/events.ts';
import type { PageFrame } from '../../protocol/page-socket.ts';
import { positionContent } from '../../protocol/positions.ts';
import { judgeUpdate } from '../checks/judge-update.ts';
import { showPosition } from '../show-position.ts';
import type { Copy, HeldPosition } from '../store/positions.ts';
import { applied, type Effect, type EffectContext, nameOf, notify, refused } from './effect.ts';

export type PositionUpdated = Extract<DeliveredEvent, { type: 'position_updated' }>;

/** Content keys only; what a team's own backend adds is passed over. */
const updatedContent = positionContent.partial();

/** Brings a copy forward by one update, or has it fetched again where something lies in between. */
export function positionUpdated(event: PositionUpdated, context: EffectContext): Effect {
  const { store } = context;
  const { from_user: from, data } = event;
  const held = store.positions.find(data.position_id);
  const judgement = judgeUpdate({
    from,
    friendship: store.friends.stateOf(from),
    held: held && { owner: held.ownerId, version: held.kind === 'fetching' ? undefined : held.version },
    version: data.version,
    fromVersion: data.from_version,
  });
  switch (judgement.do) {
    case 'refuse':
      return refused(judgement.code);
    case 'ignore':
      raise(event, context);
      return applied([notice(event, held, context)]);
    case 'refetch':
      if (held) refetch(event, held, judgement.wanted, context);
      return applied([notice(event, held, context)]);
    case 'apply': {
      const updates = updatedContent.safeParse(data.updates);
      if (!updates.success || held?.kind !== 'copy') return quarantined(event, context);
      const content = positionContent.parse({ ...held.content, ...updates.data });
      const changed: Copy = { ...held, version: judgement.version, content, updatedAt: event.sent_at };
      store.positions.change(held.id, changed.version, content, changed.updatedAt);
      raise(event, context);
      const position = showPosition(changed, { owner: false });
      return applied([{ type: 'position', position }, notice(event, changed, context)]);
    }
    default:
      return judgement satisfies never;
  }
}

/**
 * The answer to a fetch under way may have been given before this change. Also where the copy seems to have it already:
 * an owner whose database was put back to an earlier day counts on from there.
 */
function raise({ data }: PositionUpdated, { store }: EffectContext): void {
  if (data.version !== undefined) store.fetchJobs.want(data.position_id, data.version);
}

/** Keeps a job that is under way and asks more of it; without a version only a new fetch is sure to bring the change. */
function refetch(
  event: PositionUpdated,
  held: HeldPosition,
  wanted: number | undefined,
  { store }: EffectContext,
) {
  if (held.kind === 'own') return;
  const job = store.fetchJobs.find(held.id);
  if (job && wanted !== undefined) return store.fetchJobs.want(held.id, wanted);
  const shareUrl = job?.share_url ?? held.shareUrl;
  if (shareUrl === undefined) return;
  store.fetchJobs.put({
    positionId: held.id,
    ownerId: held.ownerId,
    shareId: held.shareId,
    shareUrl,
    originChecked: job?.origin_checked ?? true,
    wanted: wanted ?? job?.wanted ?? 1,
    // The page still waits for a share that has not been stored.
    event: job?.event ?? event,
  });
}

function quarantined(event: PositionUpdated, context: EffectContext): Effect {
  const code = 'bad_updates';
  const { from_user, id, data } = event;
  const frame = notify(context, {
    kind: 'refused',
    text: `An update by ${nameOf(context.store, from_user)} makes no sense here and was put aside.`,
    from_user,
    position_id: data.position_id,
    event_id: id,
    code,
  });
  return { ...applied([frame]), applied: { outcome: 'quarantined', code }, show: 'never' };
}

function notice(event: PositionUpdated, held: HeldPosition | undefined, context: EffectContext): PageFrame {
  const { from_user, id, data } = event;
  const what = held && held.kind !== 'fetching' ? held.content.symbol : data.position_id;
  return notify(context, {
    kind: event.type,
    text: `${nameOf(context.store, from_user)} changed ${what}.`,
    from_user,
    position_id: data.position_id,
    event_id: id,
  });
}
