import { backendRoutes } from '../../../protocol/backend-rest.ts';
import type { Check } from '../../check.ts';
import { expectThat, ideas, ownPosition } from '../expect.ts';

const { addComment } = backendRoutes;

/** The thread of a position. */
export const restCommentChecks: readonly Check[] = [
  {
    id: 'rest.comment',
    level: 'must',
    section: '4',
    title: 'POST of a comment answers 201 with the comment, by the user',
    async run(bench) {
      const { owner, user } = bench;
      const { id } = await ownPosition(bench);
      const path = `${ideas}/${id}/comments`;
      const answer = await owner.ask({ method: 'POST', path, body: { text: 'Great setup!' } });
      const { comment } = answer.expect(201).as(addComment.answer);
      if (comment.user.id !== user || comment.text !== 'Great setup!')
        throw answer.broken(`a comment by ${user}`);
    },
  },
  {
    id: 'rest.comment.oldest-first',
    level: 'must',
    section: '4',
    title: 'a thread is listed oldest first',
    async run(bench) {
      const { owner } = bench;
      const { id } = await ownPosition(bench);
      for (const text of ['one', 'two', 'three']) await owner.comment(id, text);
      const texts = (await owner.thread(id)).map(({ text }) => text);
      const right = texts.join() === 'one,two,three';
      expectThat(right, `GET ${ideas}/${id}/comments`, texts, 'one, two, three');
    },
  },
  {
    id: 'rest.comment.unknown-is-404',
    level: 'must',
    section: '4',
    title: 'commenting on a position that nobody knows is 404',
    async run({ owner, id }) {
      const path = `${ideas}/${id('nowhere')}/comments`;
      (await owner.ask({ method: 'POST', path, body: { text: 'Hello?' } })).expect(404);
      (await owner.ask({ path })).expect(404);
    },
  },
];
