import { setTimeout as wait } from 'node:timers/promises';
import { v4 as uuid } from 'uuid';
import {
  cause as causeId,
  commentId,
  type PositionId,
  positionId,
  type UserId,
} from '../../src/protocol/ids.ts';
import { outcomeOf } from '../../src/scenario/act.ts';
import { openUserApi } from '../../src/scenario/actor.ts';
import type { ActLog, ActOutcome, Deed } from '../../src/scenario/acts.ts';
import type { RouteReply } from '../../src/scenario/route-client.ts';
import type { Stack } from '../../src/stack/stack.ts';

/** Changes that one user now and then makes at once. */
const burst = 20;
const timeoutMs = 1000;
const positionsEach = 4;

const nameOf = (user: UserId, n: number): PositionId => positionId.parse(`${user}-p${n}`);

/** Does something under a name of its own, and writes down what came of it: true where it is done. */
function actsOf(user: UserId, acts: ActLog) {
  return async <Answer>(
    deed: Deed,
    call: (act: { readonly cause: string; readonly timeoutMs: number }) => Promise<RouteReply<Answer>>,
    facts: (answer: Answer) => Omit<Extract<ActOutcome, { is: 'done' }>, 'is'> = () => ({}),
  ): Promise<boolean> => {
    const cause = causeId.parse(uuid());
    const ended = acts.begin({ user, what: deed.do, deed, cause, range: undefined, wantsMore: false });
    const reply = await call({ cause, timeoutMs });
    ended(outcomeOf(reply, facts));
    return reply.is === 'done';
  };
}

/** What a user does, one after another, until it is enough. Every act is in the log with what its user was told. */
export async function live(
  stack: Stack,
  user: UserId,
  random: () => number,
  { acts, going }: { readonly acts: ActLog; readonly going: () => boolean },
): Promise<void> {
  const api = openUserApi(stack, user, new AbortController().signal);
  const others = stack.users.filter((other) => other !== user);
  const pick = <T>(items: readonly [T, ...T[]] | readonly T[]): T | undefined =>
    items[Math.floor(random() * items.length)];

  const act = actsOf(user, acts);
  const update = (id: PositionId, notes: string) =>
    act(
      { do: 'update', position: id, set: { notes } },
      (options) => api('updatePosition', { params: { id }, body: { notes }, ...options }),
      ({ event_ids: events, position: { version } }) => ({ events, version }),
    );

  async function something(n: number, mine: PositionId, friend: UserId): Promise<boolean> {
    const dice = random();
    if (dice < 0.04) {
      const many = Array.from({ length: burst }, (_, at) => update(mine, `${n}.${at}`));
      return (await Promise.all(many)).every(Boolean);
    }
    if (dice < 0.2) {
      return act(
        { do: 'share', position: mine, with: others },
        (options) => api('sharePosition', { params: { id: mine }, body: { friend_ids: others }, ...options }),
        ({ event_ids: events }) => ({ events }),
      );
    }
    if (dice < 0.3) {
      return act(
        { do: 'revoke', position: mine, from: friend },
        (options) => api('revokeShare', { params: { id: mine, friend_id: friend }, ...options }),
        ({ event_ids: events }) => ({ events }),
      );
    }
    if (dice < 0.31) {
      return act(
        { do: 'unfriend', friend },
        (options) => api('unfriend', { params: { id: friend }, ...options }),
        ({ event_ids: events }) => ({ events }),
      );
    }
    if (dice < 0.35) {
      return act({ do: 'befriend', friend }, (options) =>
        api('befriend', { body: { user_id: friend }, ...options }),
      );
    }
    if (dice < 0.7) return update(mine, `${n}`);
    const about = dice < 0.85 ? mine : nameOf(friend, Math.floor(random() * positionsEach));
    const text = `${user} ${n}`;
    return act(
      { do: 'comment', position: about, text },
      (options) =>
        api('addComment', { params: { id: about }, body: { id: commentId.parse(uuid()), text }, ...options }),
      ({ event_ids: events, comment: { id } }) => ({ events, comment: id }),
    );
  }

  for (let n = 0; going(); n += 1) {
    const friend = pick(others);
    if (friend === undefined) return;
    const done = await something(n, nameOf(user, Math.floor(random() * positionsEach)), friend);
    await wait(done ? random() * 10 : 20);
  }
}

/** Writes the positions that a user has from the start. */
export async function furnish(stack: Stack, user: UserId): Promise<void> {
  const api = openUserApi(stack, user, new AbortController().signal);
  for (let n = 0; n < positionsEach; n += 1) {
    const reply = await api('createPosition', { body: { id: nameOf(user, n), symbol: 'SAP' } });
    if (reply.is !== 'done') throw new Error(`${user}'s backend did not take a position`);
  }
}

/** Declares everybody a friend. */
export async function makeFriends(stack: Stack, user: UserId, acts: ActLog): Promise<void> {
  const act = actsOf(user, acts);
  const api = openUserApi(stack, user, new AbortController().signal);
  for (const friend of stack.users.filter((other) => other !== user)) {
    const done = await act({ do: 'befriend', friend }, (options) =>
      api('befriend', { body: { user_id: friend }, ...options, timeoutMs: 10_000 }),
    );
    if (!done) throw new Error(`${user}'s backend did not take ${friend} for a friend`);
  }
}
