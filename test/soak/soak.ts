import { setTimeout as wait } from 'node:timers/promises';
import { v4 as uuid } from 'uuid';
import { backendRoutes } from '../../src/protocol/backend-rest.ts';
import { commentId, type PositionId, positionId, type UserId } from '../../src/protocol/ids.ts';
import { backendAudience } from '../../src/protocol/tokens.ts';
import { quietness } from '../../src/scenario/quiet.ts';
import { type RouteReply, routeClient } from '../../src/scenario/route-client.ts';
import type { Stack } from '../../src/stack/stack.ts';
import { chance } from './chance.ts';

export interface SoakReport {
  readonly acts: { done: number; refused: number; unknown: number };
  readonly faults: Record<string, number>;
  /** How long it took from the last heal until nothing was under way. */
  quietMs: number;
  quiet: string;
  /** Comments on own positions whose act was answered with success. */
  readonly promised: { readonly user: UserId; readonly comment: string }[];
}

/** Changes that one user now and then makes at once. */
const burst = 40;

const names = (n: number) => positionId.parse(`p${n}`);

/** Lets everybody share, change, comment and revoke for a while, with kills and cuts all the time, and then heals. */
export async function soak(
  stack: Stack,
  { seed, forMs, quietMs }: { readonly seed: number; readonly forMs: number; readonly quietMs: number },
): Promise<SoakReport> {
  const random = chance(seed);
  const report: SoakReport = {
    acts: { done: 0, refused: 0, unknown: 0 },
    faults: {},
    quietMs: 0,
    quiet: '',
    promised: [],
  };
  const end = performance.now() + forMs;
  const going = () => performance.now() < end;
  await Promise.all([
    ...stack.users.map((user, at) => live(stack, user, chance(seed * 31 + at), report, going)),
    disturb(stack, random, report, going),
  ]);

  for (const { name, state } of stack.instances()) if (state !== 'ready') await stack.start(name);
  await stack.heal('everyone');
  const healed = performance.now();
  for (;;) {
    const rounds = [await stack.census(), await stack.census()].map((census) => ({
      census,
      pages: new Map(),
    }));
    const [first, second] = rounds;
    if (!first || !second) break;
    const now = quietness(first, second, stack.users, stack.faults());
    report.quiet = now.is === 'quiet' ? now.proof : now.because;
    report.quietMs = Math.round(performance.now() - healed);
    if (now.is === 'quiet' || report.quietMs > quietMs) break;
    await wait(20);
  }
  return report;
}

async function live(
  stack: Stack,
  user: UserId,
  random: () => number,
  report: SoakReport,
  going: () => boolean,
) {
  const api = routeClient(backendRoutes, {
    url: () => stack.urlOf(user),
    token: () => stack.tokenFor(user, backendAudience(user)),
    whose: user,
    signal: new AbortController().signal,
  });
  const others = stack.users.filter((other) => other !== user);
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];
  const count = (reply: RouteReply<unknown>) => {
    report.acts[reply.is] += 1;
    return reply.is === 'done';
  };
  const mine: PositionId[] = [];
  for (let n = 0; n < 4; n += 1) {
    const id = positionId.parse(`${user}-${names(n)}`);
    mine.push(id);
    await api('createPosition', { body: { id, symbol: 'SAP' } });
  }
  for (let n = 0; going(); n += 1) {
    const id = pick(mine);
    const friend = pick(others);
    const copy = positionId.parse(`${friend}-${names(Math.floor(random() * 4))}`);
    if (!id || !friend) return;
    const dice = random();
    const timeoutMs = 1000;
    const comment = commentId.parse(uuid());
    const about = dice < 0.8 ? id : copy;
    if (dice < 0.05) {
      const many = Array.from({ length: burst }, (_, at) => ({ notes: `${n}.${at}` }));
      const replies = many.map((body) => api('updatePosition', { params: { id }, body, timeoutMs }));
      for (const reply of await Promise.all(replies)) count(reply);
      continue;
    }
    const done = count(
      dice < 0.2
        ? await api('sharePosition', { params: { id }, body: { friend_ids: others }, timeoutMs })
        : dice < 0.3
          ? await api('revokeShare', { params: { id, friend_id: friend }, timeoutMs })
          : dice < 0.7
            ? await api('updatePosition', { params: { id }, body: { notes: `${n}` }, timeoutMs })
            : await api('addComment', {
                params: { id: about },
                body: { id: comment, text: `${n}` },
                timeoutMs,
              }),
    );
    if (done && dice >= 0.7 && about === id) report.promised.push({ user, comment });
    await wait(done ? random() * 10 : 20);
  }
}

async function disturb(stack: Stack, random: () => number, report: SoakReport, going: () => boolean) {
  const names = [...stack.users, 'relay'];
  const pick = () => names[Math.floor(random() * names.length)] ?? 'relay';
  const count = (what: string) => {
    report.faults[what] = (report.faults[what] ?? 0) + 1;
  };
  while (going()) {
    await wait(random() * 150);
    const name = pick();
    const isUp = stack.instances().some((one) => one.name === name && one.state === 'ready');
    const dice = random();
    if (!isUp) {
      count('start');
      await stack.start(name);
    } else if (dice < 0.3) {
      count('kill');
      await stack.kill(name);
    } else if (dice < 0.4) {
      count('restart');
      await stack.restart(name);
    } else if (dice < 0.65) {
      const from = stack.users[Math.floor(random() * stack.users.length)] ?? '';
      const to = names.filter((one) => one !== from)[Math.floor(random() * (names.length - 1))] ?? 'relay';
      count('cut');
      await stack.cut({ from, to, both: random() < 0.7 });
    } else {
      count('heal');
      await stack.heal('everyone');
    }
  }
}
