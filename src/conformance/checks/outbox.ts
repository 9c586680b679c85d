import type { Bench } from '../bench/bench.ts';
import type { Check } from '../check.ts';
import { given } from '../check.ts';
import { expectThat, ownPosition, sharedPosition } from './expect.ts';

/** What waits, for how long, and what clears it. */
export const outboxChecks: readonly Check[] = [
  {
    id: 'outbox.settles',
    level: 'must',
    section: '6',
    title: 'an acknowledgement settles the entry',
    async run(bench) {
      const { id } = await ownPosition(bench);
      const [event = ''] = await bench.owner.share(id, bench.alice.name);
      await settles(bench, event);
    },
  },
  {
    id: 'outbox.refused-goes-on',
    level: 'must',
    section: '6',
    title: 'a refused event is settled, with its code, and the stream goes on',
    async run(bench) {
      const { owner, alice, user } = bench;
      const { id } = await sharedPosition(bench, [alice]);
      {
        using _silence = alice.silence();
        const [event = ''] = await given('commenting', owner.comment(id, 'Refused'));
        const came = await alice.receives('the comment', `${user} comments`, (one) => one.id === event);
        alice.acknowledge(came, 'no_access');
        await owner.until(
          () => owner.ask({ path: '/api/v1/outbox' }),
          `the entry of ${event} as refused (no_access)`,
          ({ text }) => new RegExp(`"${event}"[^}]*"refused"`).test(text) && text.includes('no_access'),
        );
      }
      const [next = ''] = await owner.comment(id, 'Taken');
      await settles(bench, next);
    },
  },
  {
    id: 'outbox.slow-recipient',
    level: 'must',
    section: '6',
    title: 'a recipient who acknowledges nothing delays no other',
    async run(bench) {
      const { owner, user, alice, dave } = bench;
      const { id } = await sharedPosition(bench, [alice, dave]);
      using _silence = alice.silence();
      // More than a window of 32.
      for (let index = 0; index < 40; index += 1) await owner.comment(id, `comment ${index}`);
      await dave.receives(
        'the last of 40 comments',
        `${user} comments 40 times, ${alice.name} acknowledges nothing`,
        (one) =>
          one.type === 'comment_added' &&
          one.data.position_id === id &&
          one.data.comment.text === 'comment 39',
      );
    },
  },
  {
    id: 'outbox.resent-on-wake',
    level: 'must',
    section: '6',
    title: 'what was not acknowledged is sent again, under the same id, when its recipient comes back',
    async run(bench) {
      const { owner, user, alice, withinMs } = bench;
      const { id } = await ownPosition(bench);
      let event = '';
      {
        using _silence = alice.silence();
        [event = ''] = await owner.share(id, alice.name);
        const first = await alice.events.next((one) => one.id === event, withinMs);
        expectThat(first !== undefined, `${user} shares`, `${alice.name} gets nothing`, 'the event');
        const listed = (await owner.outbox()).entries.find(({ event_id }) => event_id === event);
        expectThat(
          listed?.settled === false,
          'an event without an acknowledgement',
          listed,
          'an unsettled entry',
        );
        const from = alice.events.all.length;
        alice.line.close();
        await alice.line.open();
        const again = await alice.events.next((one) => one.id === event, Math.max(withinMs, 30_000), from);
        const sent = `${alice.name} comes back without having acknowledged`;
        expectThat(again !== undefined, sent, 'nothing', `${event} again`);
      }
      await settles(bench, event);
    },
  },
  {
    id: 'outbox.absent-recipient',
    level: 'must',
    section: '6',
    title: 'what is shared with an absent friend is delivered when they come back',
    async run(bench) {
      const { owner, user, dave, withinMs } = bench;
      const { id } = await ownPosition(bench);
      dave.line.close();
      const [event = ''] = await owner.share(id, dave.name);
      const from = dave.events.all.length;
      await dave.line.open();
      const came = await dave.events.next((one) => one.id === event, Math.max(withinMs, 30_000), from);
      expectThat(
        came !== undefined,
        `${user} shares with ${dave.name}, who is away`,
        'nothing',
        'the event, later',
      );
      await settles(bench, event);
    },
  },
  {
    id: 'outbox.revoke-purges',
    level: 'must',
    section: '6',
    title: 'what is taken back before it was delivered is not delivered any more',
    async run(bench) {
      const { owner, dave, withinMs } = bench;
      const { id } = await ownPosition(bench);
      dave.line.close();
      await owner.share(id, dave.name);
      await owner.revoke(id, dave.name);
      const marker = await ownPosition(bench);
      const [behind = ''] = await owner.share(marker.id, dave.name);
      const from = dave.events.all.length;
      await dave.line.open();
      // In its place in the stream: whatever was to come before it has come.
      const last = await dave.events.next((one) => one.id === behind, Math.max(withinMs, 30_000), from);
      expectThat(last !== undefined, `${dave.name} comes back`, 'nothing', 'what was shared meanwhile');
      const late = dave.events.all
        .slice(from)
        .find(({ type, data }) => type === 'position_shared' && data.position_id === id);
      expectThat(
        late === undefined,
        'shared and taken back while the friend was away',
        late,
        'no position_shared',
      );
    },
  },
  {
    id: 'outbox.kept-while-relay-down',
    level: 'must',
    section: '6',
    title: 'acts go on without a relay, and what they send goes out when it is back',
    async run(bench) {
      const { owner, user, alice, wire } = bench;
      const { id } = await ownPosition(bench);
      const cut = wire.cut();
      let event = '';
      try {
        [event = ''] = await owner.share(id, alice.name);
        const { pending } = await owner.outbox();
        expectThat(pending >= 1, 'the outbox while there is no relay', { pending }, 'at least 1');
      } finally {
        cut[Symbol.dispose]();
      }
      const came = await alice.events.next((one) => one.id === event, 60_000);
      expectThat(
        came !== undefined,
        `${user} shares without a relay, and it comes back`,
        'nothing',
        'the event',
      );
      await settles(bench, event);
    },
  },
];

/** Nothing more is to be said about it; an entry that is no longer listed is settled too. */
export async function settles({ owner }: Bench, event: string): Promise<void> {
  const answer = await owner.until(
    () => owner.ask({ path: '/api/v1/outbox' }),
    `the entry of ${event} as settled, or gone`,
    ({ status, text }) => status === 200 && !new RegExp(`"${event}"[^}]*"settled":\\s*false`).test(text),
  );
  answer.expect(200);
}
