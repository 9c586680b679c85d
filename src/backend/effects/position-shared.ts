import type { DeliveredEvent } from '../../protocol/events.ts';
import { judgeShare } from '../checks/judge-share.ts';
import { applied, type Effect, type EffectContext, refused } from './effect.ts';

export type PositionShared = Extract<DeliveredEvent, { type: 'position_shared' }>;

/** Holds a place for the position and notes that it has to be fetched; the page hears of it when it is there. */
export function positionShared(event: PositionShared, context: EffectContext): Effect {
  const { store, now } = context;
  const { from_user: from, data } = event;
  const judgement = judgeShare({
    from,
    friendship: store.friends.stateOf(from),
    holder: store.positions.find(data.position_id)?.ownerId,
    ended: data.share_id !== undefined && store.endedShares.has(from, data.share_id),
    shareUrl: data.share_url,
    registered: context.registeredUrl(from),
  });
  if (judgement.do === 'refuse') return refused(judgement.code);
  if (judgement.do === 'ignore') return { ...applied(), show: 'never' };
  const job = store.fetchJobs.find(data.position_id);
  if (job && !job.event && job.share_id !== undefined && job.share_id === data.share_id) {
    store.fetchJobs.adopt(job.n, event);
    store.fetchJobs.want(data.position_id, data.version ?? 1);
    return { ...applied(), show: 'when-stored' };
  }
  const grant = { shareId: data.share_id, shareUrl: data.share_url };
  store.positions.hold(data.position_id, from, grant, now);
  store.fetchJobs.put({
    positionId: data.position_id,
    ownerId: from,
    ...grant,
    originChecked: judgement.originChecked,
    wanted: data.version ?? 1,
    event,
  });
  return { ...applied(), show: 'when-stored' };
}
