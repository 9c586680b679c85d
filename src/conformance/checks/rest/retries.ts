import type { Check } from '../../check.ts';
import { expectThat, fieldsOf, ideas, sharedPosition } from '../expect.ts';

/** The same request once more. */
export const restRetryChecks: readonly Check[] = [
  {
    id: 'rest.retry.position',
    level: 'must',
    section: '4',
    title: 'the same POST of a position again, with its id, makes no second one',
    async run({ owner, id }) {
      const body = { id: id('own'), symbol: 'SAP' };
      (await owner.ask({ method: 'POST', path: ideas, body })).expect(201);
      const again = (await owner.ask({ method: 'POST', path: ideas, body })).expect(200, 201);
      if (fieldsOf(again).id !== body.id) throw again.broken('the same position');
      const same = (await owner.positions()).filter((position) => position.id === body.id);
      expectThat(same.length === 1, `GET ${ideas}`, same, 'the position once');
    },
  },
  {
    id: 'rest.retry.comment',
    level: 'must',
    section: '4',
    title: 'the same POST of a comment again, with its id, makes no second one and sends nothing new',
    async run(bench) {
      const { owner, alice } = bench;
      const { id } = await sharedPosition(bench, [alice]);
      const comment = bench.id('comment');
      const first = await owner.comment(id, 'Once', comment);
      const again = await owner.comment(id, 'Once', comment);
      const thread = await owner.thread(id);
      expectThat(thread.length === 1, `GET ${ideas}/${id}/comments`, thread, 'one comment');
      const sent = `POST ${ideas}/${id}/comments, the same twice`;
      const news = again.filter((event) => !first.includes(event));
      expectThat(news.length === 0, sent, { first, again }, 'no new event ids');
    },
  },
  {
    id: 'rest.retry.conflict',
    level: 'should',
    section: '4',
    title: 'an id that is taken by something else is 409',
    async run({ owner, id }) {
      const name = id('own');
      (await owner.ask({ method: 'POST', path: ideas, body: { id: name, symbol: 'SAP' } })).expect(201);
      const other = await owner.ask({ method: 'POST', path: ideas, body: { id: name, symbol: 'IBM' } });
      other.expect(409);
    },
  },
];
