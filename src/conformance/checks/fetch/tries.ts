import type { Bench } from '../../bench/bench.ts';
import type { PeerReply } from '../../bench/peer-face.ts';
import type { Check } from '../../check.ts';
import { aComment, expectThat, heldCopy, ideas } from '../expect.ts';
import { answeredWith, isAbout, lookMs, mustNotAppear } from './answered-with.ts';

/** When it asks, and asks again. */
export const fetchTryChecks: readonly Check[] = [
  {
    id: 'fetch.outside-the-stream',
    level: 'must',
    section: '6',
    title: 'a share is acknowledged before it is fetched, and a slow fetch holds nothing up',
    async run(bench) {
      const { alice } = bench;
      const copy = await heldCopy(bench, alice);
      const slow = alice.grant(bench.id('slow'));
      const released = Promise.withResolvers<undefined>();
      using _stand = alice.face.stand(({ path }) =>
        path.includes(slow.position.id) ? released.promise : undefined,
      );
      try {
        await alice.tell(alice.shared(slow), 'delivered');
        const comment = aComment(bench.id('comment'), alice.name);
        copy.comments.push(comment);
        await alice.tell(alice.commented(copy, comment), 'delivered');
      } finally {
        released.resolve(undefined);
      }
    },
  },
  {
    id: 'fetch.again-after-503',
    level: 'must',
    section: '6',
    title: 'a fetch that is answered 503 is tried again',
    run: (bench) => comesAfter(bench, 503),
  },
  {
    id: 'fetch.again-after-401',
    level: 'must',
    section: '6',
    title: 'a fetch that is answered 401 is tried again',
    run: (bench) => comesAfter(bench, 401),
  },
  {
    id: 'fetch.404-ends',
    level: 'should',
    section: '6',
    title: 'a fetch that is answered 404 is not tried again',
    async run(bench) {
      const { alice } = bench;
      const entry = alice.grant(bench.id('gone'));
      const { id } = entry.position;
      using lie = await answeredWith(bench, entry, () => ({ status: 404, body: {} }));
      const again = await alice.face.requests.next(({ path }) => isAbout(path, id), lookMs, lie.requests);
      expectThat(
        again === undefined,
        `GET ${ideas}/${id}, answered with 404`,
        'asked again',
        'no second request',
      );
    },
  },
  {
    id: 'fetch.revoked-meanwhile',
    level: 'must',
    section: '6',
    title: 'what is taken back while it is being fetched does not appear',
    async run(bench) {
      const { user, alice } = bench;
      const entry = alice.grant(bench.id('brief'));
      const { id } = entry.position;
      const released = Promise.withResolvers<PeerReply | undefined>();
      using _stand = alice.face.stand(({ path }) => (isAbout(path, id) ? released.promise : undefined));
      const from = alice.face.requests.all.length;
      await alice.tell(alice.shared(entry), 'delivered');
      await alice.face.requests.next(({ path }) => isAbout(path, id), bench.withinMs, from);
      const body = { ...entry.position, comments: [] };
      entry.readers.delete(user);
      await alice.tell(alice.revoked(entry), 'delivered');
      released.resolve({ status: 200, body });
      await mustNotAppear(bench, id);
    },
  },
];

/** The first answer is that status, all others the truth. */
async function comesAfter(bench: Bench, status: number): Promise<void> {
  const { owner, alice } = bench;
  const entry = alice.grant(bench.id('hard-to-get'));
  const { id } = entry.position;
  let asked = 0;
  using _stand = alice.face.stand(({ path }) => {
    if (!isAbout(path, id)) return undefined;
    asked += 1;
    return asked === 1 ? { status, body: {} } : undefined;
  });
  await alice.tell(alice.shared(entry), 'delivered');
  await owner.untilRead(id, `the copy, after a first answer of ${status}`, (answer) => answer.status === 200);
}
