import { z } from 'zod';
import { backendRoutes } from '../../../protocol/backend-rest.ts';
import type { Check } from '../../check.ts';
import { expectThat, ideas, ownPosition, sharedPosition } from '../expect.ts';

const { createPosition, sharePosition } = backendRoutes;
const withIds = z.looseObject({ event_ids: z.array(z.string()) });

/** Who reads a position. */
export const restShareChecks: readonly Check[] = [
  {
    id: 'rest.share',
    level: 'must',
    section: '4',
    title: 'POST of a share answers the position, its reader in shared_with, and event_ids',
    async run(bench) {
      const { owner, alice } = bench;
      const { id } = await ownPosition(bench);
      const path = `${ideas}/${id}/share`;
      const answer = await owner.ask({ method: 'POST', path, body: { friend_ids: [alice.name] } });
      const { position, event_ids } = answer.expect(200, 201).as(sharePosition.answer);
      const listed = position.shared_with?.some((reader) => reader === alice.name);
      if (!listed || event_ids.length === 0)
        throw answer.broken(`${alice.name} in shared_with, and an event id`);
    },
  },
  {
    id: 'rest.share.unknown-is-404',
    level: 'must',
    section: '4',
    title: 'sharing a position that nobody knows is 404',
    async run({ owner, alice, id }) {
      const path = `${ideas}/${id('nowhere')}/share`;
      (await owner.ask({ method: 'POST', path, body: { friend_ids: [alice.name] } })).expect(404);
    },
  },
  {
    id: 'rest.share.twice-sends-once',
    level: 'should',
    section: '4',
    title: 'sharing again with somebody who has it sends no second event',
    async run(bench) {
      const { owner, alice } = bench;
      const { id } = await sharedPosition(bench, [alice]);
      const again = await owner.share(id, alice.name);
      expectThat(again.length === 0, `POST ${ideas}/${id}/share again`, again, 'no event ids');
    },
  },
  {
    id: 'rest.revoke',
    level: 'must',
    section: '4',
    title: 'DELETE of a share answers event_ids, and the reader is gone from shared_with',
    async run(bench) {
      const { owner, alice } = bench;
      const { id } = await sharedPosition(bench, [alice]);
      const answer = await owner.ask({ method: 'DELETE', path: `${ideas}/${id}/share/${alice.name}` });
      answer.expect(200).as(withIds);
      const after = (await owner.read(id)).expect(200);
      const { shared_with } = after.as(createPosition.answer);
      if (shared_with?.some((reader) => reader === alice.name)) throw after.broken('no reader');
    },
  },
  {
    id: 'rest.revoke.not-shared-is-404',
    level: 'should',
    section: '4',
    title: 'taking back a share that is none is 404',
    async run(bench) {
      const { id } = await ownPosition(bench);
      const path = `${ideas}/${id}/share/${bench.alice.name}`;
      (await bench.owner.ask({ method: 'DELETE', path })).expect(404);
    },
  },
];
