import type { Bench } from '../bench/bench.ts';
import { type Check, given } from '../check.ts';
import { expectThat, heldCopy, ideas, sharedPosition } from './expect.ts';

/** What ends with a friendship. */
export const friendChecks: readonly Check[] = [
  {
    id: 'friends.unfriend-deletes-copies',
    level: 'must',
    section: '6',
    title: 'ending a friendship deletes the copies held from them',
    run: (bench) =>
      withErin(bench, async () => {
        const { owner, user, erin } = bench;
        const entry = await heldCopy(bench, erin);
        await owner.unfriend(erin.name);
        entry.readers.delete(user);
        await owner.untilRead(entry.position.id, '404', ({ status }) => status === 404);
      }),
  },
  {
    id: 'friends.unfriend-revokes',
    level: 'must',
    section: '6',
    title: 'ending a friendship takes back what was shared with them, and tells them',
    run: (bench) =>
      withErin(bench, async () => {
        const { owner, user, erin } = bench;
        const { id } = await sharedPosition(bench, [erin]);
        await owner.unfriend(erin.name);
        await erin.receives(
          'share_revoked',
          `${user} ends the friendship`,
          ({ type, data }) => type === 'share_revoked' && data.position_id === id,
        );
        const after = await owner.read(id);
        expectThat(
          !after.text.includes(`"${erin.name}"`),
          after.sent,
          after.came,
          `no ${erin.name} in shared_with`,
        );
      }),
  },
  {
    id: 'friends.unfriended-reads-nothing',
    level: 'must',
    section: '5',
    title: 'somebody who is no friend any more reads nothing, also with a token of the right form',
    run: (bench) =>
      withErin(bench, async () => {
        const { owner, erin } = bench;
        const { id } = await sharedPosition(bench, [erin]);
        await owner.unfriend(erin.name);
        const token = await erin.peerToken();
        const answer = await owner.askAs({ path: `${ideas}/${id}`, token, as: `${erin.name}'s peer token` });
        answer.expect(401, 403, 404);
      }),
  },
];

/** Erin is a friend for the time of the story. */
async function withErin(bench: Bench, story: () => Promise<void>): Promise<void> {
  const { owner, user, erin, withinMs } = bench;
  const from = erin.line.presence.all.length;
  await given('befriending', owner.befriend(erin.name));
  await erin.line.presence.next(
    ({ user_id, status }) => user_id === user && status === 'online',
    withinMs,
    from,
  );
  try {
    await story();
  } finally {
    await owner.ask({ method: 'DELETE', path: `/api/v1/friends/${erin.name}` });
  }
}
