import type { Bench } from '../../bench/bench.ts';
import type { PeerReply } from '../../bench/peer-face.ts';
import type { Check } from '../../check.ts';
import { expectThat, fieldsOf, heldCopy, ideas } from '../expect.ts';
import { answeredWith, isAbout, mustNotAppear } from './answered-with.ts';

/** What it does not take for an answer. */
export const fetchAnswerChecks: readonly Check[] = [
  {
    id: 'fetch.redirect',
    level: 'must',
    section: '7',
    title: 'a redirect is not followed',
    async run(bench) {
      const { alice, dave } = bench;
      const entry = alice.grant(bench.id('elsewhere'));
      const { id } = entry.position;
      const location = `${dave.face.url}${ideas}/${id}`;
      const from = dave.face.requests.all.length;
      using _lie = await answeredWith(bench, entry, () => ({ status: 302, body: '', headers: { location } }));
      await mustNotAppear(bench, id);
      const followed = dave.face.requests.all.slice(from).find(({ path }) => isAbout(path, id));
      expectThat(followed === undefined, `302 to ${location}`, 'a request there', 'none');
    },
  },
  {
    id: 'fetch.too-big',
    level: 'must',
    section: '7',
    title: 'an answer of more than 256 KiB is not taken',
    run: (bench) =>
      notTaken(bench, (position) => ({
        status: 200,
        body: { ...position, comments: [], padding: 'x'.repeat(300 * 1024) },
      })),
  },
  {
    id: 'fetch.not-json',
    level: 'must',
    section: '7',
    title: 'an answer that is not JSON is not taken',
    run: (bench) =>
      notTaken(bench, (position) => ({
        status: 200,
        body: JSON.stringify({ ...position, comments: [] }),
        headers: { 'content-type': 'text/html' },
      })),
  },
  {
    id: 'fetch.other-position',
    level: 'must',
    section: '5',
    title: 'an answer that is another position, or of another owner, is not taken',
    async run(bench) {
      const { alice, dave } = bench;
      const victim = await heldCopy(bench, dave, { notes: 'His' });
      await notTaken(bench, (position) => ({
        status: 200,
        body: { ...position, id: victim.position.id, owner_id: dave.name, notes: 'Mine', comments: [] },
      }));
      const after = (await bench.owner.read(victim.position.id)).expect(200);
      if (fieldsOf(after).notes !== 'His')
        throw after.broken(`the copy as ${dave.name} shares it, not ${alice.name}`);
    },
  },
];

async function notTaken(
  bench: Bench,
  reply: (position: Record<string, unknown>) => PeerReply,
): Promise<void> {
  const entry = bench.alice.grant(bench.id('lie'));
  using _lie = await answeredWith(bench, entry, () => reply({ ...entry.position }));
  await mustNotAppear(bench, entry.position.id);
}
