import { backendRoutes } from '../../../protocol/backend-rest.ts';
import { problemDetails } from '../../../protocol/problem-details.ts';
import type { Check } from '../../check.ts';
import { expectThat, heldCopy, ideas, ownPosition } from '../expect.ts';

const { createPosition, updatePosition } = backendRoutes;

/** Positions, own ones and copies. */
export const restPositionChecks: readonly Check[] = [
  {
    id: 'rest.position.create',
    level: 'must',
    section: '4',
    title: 'POST of a position answers 201 with the position, version 1, owned by the user',
    async run({ owner, user, id }) {
      const body = { id: id('own'), symbol: 'SAP', notes: 'Watch the earnings', tags: ['swing'] };
      const answer = (await owner.ask({ method: 'POST', path: ideas, body })).expect(201);
      const made = answer.as(createPosition.answer);
      const right = made.id === body.id && made.owner_id === user && made.version === 1 && !made.read_only;
      if (!right) throw answer.broken(`id ${body.id}, owner_id ${user}, version 1, read_only false`);
      if (made.notes !== body.notes || made.symbol !== body.symbol) throw answer.broken('what was POSTed');
    },
  },
  {
    id: 'rest.position.list',
    level: 'must',
    section: '4',
    title: 'GET of the positions lists own ones and copies',
    async run(bench) {
      const { owner, alice } = bench;
      const own = await ownPosition(bench);
      const copy = await heldCopy(bench, alice);
      const ids = (await owner.positions()).map((position) => position.id);
      for (const wanted of [own.id, copy.position.id]) {
        expectThat(
          ids.some((one) => one === wanted),
          `GET ${ideas}`,
          ids,
          `${wanted} among them`,
        );
      }
    },
  },
  {
    id: 'rest.position.unknown-is-404',
    level: 'must',
    section: '4',
    title: 'a position that nobody knows is 404',
    async run({ owner, id }) {
      (await owner.read(id('nowhere'))).expect(404);
    },
  },
  {
    id: 'rest.position.bad-body',
    level: 'must',
    section: '4',
    title: 'a body that is no position is 4xx, and nothing is written',
    async run({ owner, id }) {
      const name = id('bad');
      const answer = await owner.ask({ method: 'POST', path: ideas, body: { id: name, symbol: 17 } });
      answer.expect(400, 422);
      (await owner.read(name)).expect(404);
    },
  },
  {
    id: 'rest.problem-details',
    level: 'should',
    section: '2',
    title: 'errors are application/problem+json with a code word',
    async run({ owner, id }) {
      const answer = (await owner.read(id('nowhere'))).expect(404);
      answer.as(problemDetails.pick({ status: true, code: true }));
      const type = answer.headers['content-type'] ?? '';
      expectThat(/^application\/problem\+json/.test(type), answer.sent, type, 'application/problem+json');
    },
  },
  {
    id: 'rest.position.update',
    level: 'must',
    section: '4',
    title: 'PATCH changes the keys it names, counts the version on, and answers event_ids',
    async run(bench) {
      const { owner } = bench;
      const { id } = await ownPosition(bench, { notes: 'Before', tags: ['kept'] });
      const answer = await owner.ask({
        method: 'PATCH',
        path: `${ideas}/${id}`,
        body: { notes: 'After' },
      });
      const { position } = answer.expect(200).as(updatePosition.answer);
      const right = position.version === 2 && position.notes === 'After' && position.tags[0] === 'kept';
      if (!right) throw answer.broken('version 2, the new notes, and the tags as they were');
    },
  },
  {
    id: 'rest.position.update-unknown-is-404',
    level: 'must',
    section: '4',
    title: 'PATCH of a position that nobody knows is 404',
    async run({ owner, id }) {
      const path = `${ideas}/${id('nowhere')}`;
      (await owner.ask({ method: 'PATCH', path, body: { notes: 'x' } })).expect(404);
    },
  },
  {
    id: 'rest.copy.change-is-403',
    level: 'must',
    section: '4',
    title: 'changing a read-only copy is 403',
    async run(bench) {
      const { position } = await heldCopy(bench, bench.alice);
      const path = `${ideas}/${position.id}`;
      (await bench.owner.ask({ method: 'PATCH', path, body: { notes: 'Mine' } })).expect(403);
    },
  },
  {
    id: 'rest.copy.share-is-403',
    level: 'must',
    section: '4',
    title: 'sharing a read-only copy on is 403',
    async run(bench) {
      const { position } = await heldCopy(bench, bench.alice);
      const path = `${ideas}/${position.id}/share`;
      const body = { friend_ids: [bench.dave.name] };
      (await bench.owner.ask({ method: 'POST', path, body })).expect(403);
    },
  },
];
