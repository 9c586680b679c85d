import { expect, test } from 'vitest';
import { chronicleOf } from '../../src/journal/explain/chronicle.ts';
import { explainEvent, listEvent } from '../../src/journal/explain/explain-event.ts';
import { explanation } from '../../src/journal/explain/explanation.ts';
import { eventId } from '../../src/protocol/ids.ts';
import { type JournalEntry, type JournalRecord, journalRecord } from '../../src/protocol/records.ts';
import { step } from './builders.ts';

const event = eventId.parse('event-1');

/** A record of a process; whatever is not said about it does not matter. */
const record = (type: string, more: Record<string, unknown>): JournalRecord =>
  journalRecord.parse({ type, at: 0, ...more });

const names = (user: string, ...friends: string[]) => record('friends', { user, friends, leaving: [] });
const connection = (user: string, state: string, code?: string) =>
  record('connection', { user, state, code });
const process = (name: string, state: string, more = {}) => record('process', { name, state, ...more });
const cut = (what: string) => record('fault', { id: 'cut-1', verb: 'cut', what, state: 'in_force' });
const lost = (from: string, to: string, more = {}) =>
  record('link_fault', {
    fault: 'drop-1',
    verb: 'drop',
    from,
    to,
    did: 'dropped',
    what: 'frame',
    name: 'collab_event',
    event,
    ...more,
  });
const revoke = step('saved', { event: 'event-2', kind: 'share_revoked' });

const numbered = (records: readonly JournalRecord[]): JournalEntry[] =>
  records.map((one, index) => ({ ...one, at: index, n: index + 1, process: 'test' }));

const explained = (...records: readonly JournalRecord[]) => {
  const found = explainEvent('run', event, chronicleOf(numbered(records)));
  return explanation.parse(found);
};
const bobs = (...records: readonly JournalRecord[]) => explained(...records).recipients[0];

const saved = step('saved');
const sent = step('sent');
const accepted = step('accepted');
const routed = step('routed');
const received = step('received');
const found = (verdict: string, more = {}) => step('looked_up', { verdict, ...more });
const onItsWay = [saved, sent, accepted, found('deliver'), routed];

test.each<
  [what: string, records: readonly JournalRecord[], verdict: string, words: string | RegExp, more?: object]
>([
  ['a commit', [...onItsWay, received, step('committed')], 'delivered', 'delivered'],
  [
    'a copy',
    [
      ...onItsWay,
      received,
      step('committed'),
      step('fetched', { status: 200, code: undefined }),
      step('stored'),
    ],
    'delivered',
    'delivered and stored',
  ],
  [
    'a commit without a copy',
    [...onItsWay, step('committed'), step('fetched', { status: 404, code: undefined })],
    'delivered',
    "delivered, but bob's backend could not fetch it: 404",
  ],
  [
    'a revoke that overtook the fetch',
    [...onItsWay, step('committed'), revoke, step('fetched', { status: 404, code: undefined })],
    'revoked',
    "revoked before bob's backend had fetched it",
  ],
  ["only the sender's word", [...onItsWay, step('settled')], 'delivered', 'delivered'],
  [
    'somebody who does not acknowledge',
    [...onItsWay, step('settled', { stage: 'routed', final: true })],
    'handed_over',
    /does not acknowledge/,
  ],
  [
    'an absent friend',
    [connection('bob', 'disconnected'), saved, sent, accepted, found('offline')],
    'waiting',
    "waiting in alice's outbox: a friend, but not connected now – its connection was lost",
    { code: 'offline' },
  ],
  [
    'a friend whose backend was killed',
    [process('bob', 'stopped', { wanted: true, exit: 'SIGKILL' }), saved, sent, found('offline')],
    'waiting',
    /not connected now – bob's backend: bob was killed$/,
  ],
  [
    'a friend whose link is cut',
    [cut('bob ↔ relay'), connection('bob', 'disconnected'), saved, sent, found('offline')],
    'waiting',
    /not connected now – cut bob ↔ relay is in force$/,
  ],
  [
    'nobody of that name',
    [saved, sent, found('unknown')],
    'waiting',
    /nobody has connected/,
    { code: 'unknown' },
  ],
  ['a slow reader', [saved, sent, found('slow')], 'waiting', /does not read fast enough$/, { code: 'slow' }],
  [
    'a friendship of one side',
    [names('alice', 'bob'), names('bob', 'carol'), saved, sent, found('not_friends')],
    'not_friends',
    'not friends: bob has not named alice',
  ],
  [
    'a friendship that nobody declared',
    [names('alice'), names('bob'), saved, sent, found('not_friends')],
    'not_friends',
    'not friends: neither alice nor bob has named the other',
  ],
  [
    'a friend who left',
    [saved, sent, found('leaving')],
    'not_friends',
    /only revokes pass/,
    { code: 'leaving' },
  ],
  [
    'a limit of the pair',
    [saved, sent, accepted, found('limited', { retry_after_ms: 250 })],
    'limited',
    'limited: too much of this sender to this recipient; it may be tried again after 250 ms',
    { scope: 'pair', retry_after_ms: 250 },
  ],
  [
    'a limit of the connection',
    [saved, sent, step('rejected', { code: 'limited', scope: 'connection' })],
    'limited',
    "limited: too much of the sender's connection",
    { scope: 'connection' },
  ],
  [
    'a refusal',
    [...onItsWay, step('committed', { outcome: 'refused', code: 'not_owner' })],
    'refused',
    "refused by bob's backend: the sender does not own that position",
    { code: 'not_owner' },
  ],
  [
    'access that was taken back',
    [...onItsWay, step('committed', { outcome: 'refused', code: 'no_access' })],
    'revoked',
    /^refused by bob's backend: the sender has no access/,
    { code: 'no_access' },
  ],
  [
    'poison',
    [...onItsWay, step('committed', { outcome: 'quarantined', code: 'handler_error' })],
    'quarantined',
    /^put aside by bob's backend/,
  ],
  [
    'a rejection by the relay',
    [
      saved,
      sent,
      step('rejected', { code: 'spoofed' }),
      step('settled', { stage: 'refused', code: 'spoofed' }),
    ],
    'rejected',
    'rejected by the relay: it names a sender other than who sent it',
  ],
  [
    'a fault behind the relay',
    [...onItsWay, lost('relay', 'bob')],
    'dropped',
    'dropped: the fault "drop" dropped a frame collab_event from relay to bob',
    { fault: 'drop-1' },
  ],
  ['a fault in front of it', [saved, sent, lost('alice', 'relay')], 'dropped', /from alice to relay$/],
  [
    'an acknowledgement that was lost',
    [...onItsWay, lost('bob', 'relay', { name: 'collab_ack' })],
    'under_way',
    /nothing was seen/,
  ],
  [
    'a revoke that came after it',
    [saved, step('withdrawn', { why: 'purged' })],
    'purged',
    /^purged: a revoke/,
  ],
  [
    'an update that took it in',
    [saved, step('withdrawn', { why: 'merged', into: 'event-9' })],
    'merged',
    'merged: it became part of a later update, event-9',
    { into: 'event-9' },
  ],
  ['age', [saved, sent, found('offline'), step('withdrawn', { why: 'expired' })], 'expired', /too long$/],
  [
    'a relay that is not there',
    [process('relay', 'ready'), process('relay', 'stopped', { wanted: true, exit: 'SIGKILL' }), saved],
    'not_sent',
    "still in alice's outbox: the relay is not there (relay was killed)",
  ],
  [
    'a sender without a connection',
    [process('relay', 'ready'), cut('alice ↔ relay'), connection('alice', 'disconnected'), saved],
    'not_sent',
    "still in alice's outbox: alice had no connection: cut alice ↔ relay is in force",
  ],
  [
    'a relay that died with it',
    [process('relay', 'ready'), saved, sent, process('relay', 'failed', { exit: 'SIGSEGV' })],
    'not_sent',
    "still in alice's outbox: before it could, relay died (SIGSEGV)",
  ],
  [
    'a recipient that died with it',
    [...onItsWay, process('bob', 'failed', { exit: 'exit code 1' })],
    'under_way',
    'handed over; nothing was seen after that: bob died (exit code 1)',
  ],
  ['nothing but a beginning', [saved, sent], 'under_way', /not seen to decide/],
])('%s is found', (_what, records, verdict, words, more = {}) => {
  const one = bobs(...records);
  const expected = typeof words === 'string' ? words : expect.stringMatching(words);
  expect(one).toMatchObject({ to: 'bob', verdict, words: expected, ...more });
  expect(one?.because.length).toBeGreaterThan(0);
});

test('without a relay its part is the sender’s, and is said to be', () => {
  const one = bobs(saved, sent, found('offline', { by: 'peer' }));
  expect(one).toMatchObject({ verdict: 'waiting', code: 'offline' });
  expect(one?.because.at(-1)?.words).toMatch(/^alice's backend looked bob up/);
  expect(one?.steps[3]?.text).toMatch(/there is no relay in this topology/);
  expect(one?.steps[5]?.missing).toMatch(/^the backend found: /);
});

test('what shows it is in order, each with its time, its process and its words', () => {
  const one = bobs(names('alice', 'bob'), names('bob'), saved, sent, accepted, found('not_friends'));
  expect(one?.because).toEqual([
    { n: 1, at: 0, process: 'test', words: 'alice names bob' },
    { n: 2, at: 1, process: 'test', words: 'bob names nobody' },
    { n: 6, at: 5, process: 'test', words: expect.stringMatching(/^the relay looked bob up: not friends/) },
  ]);
});

test('each attempt is told with its end, also one that a fault ate', () => {
  const again = (attempt: number) => step('sent', { attempt });
  const one = bobs(
    saved,
    again(1),
    accepted,
    found('offline'),
    again(2),
    accepted,
    found('deliver'),
    routed,
    lost('relay', 'bob'),
    step('settled', { stage: 'routed' }),
    again(3),
    accepted,
    found('deliver'),
    routed,
    received,
    step('committed'),
  );
  expect(one).toMatchObject({ verdict: 'delivered' });
  expect(one?.attempts.map(({ attempt, words }) => [attempt, words])).toEqual([
    [1, 'the relay looked bob up: a friend, but not connected now'],
    [2, 'the fault "drop" dropped a frame collab_event from relay to bob'],
    [3, "bob's backend applied it"],
  ]);
});

test('a drop is forgotten once it was sent again, and its own recipient alone has it', () => {
  expect(bobs(...onItsWay, lost('relay', 'bob'), sent)).toMatchObject({ verdict: 'under_way' });
  expect(bobs(...onItsWay, lost('relay', 'carol'))).toMatchObject({ verdict: 'under_way' });
});

test('a frame for two that is rejected says nothing about who was sent to alone', () => {
  const both = { recipients: ['bob', 'carol'] };
  const { recipients } = explained(
    step('saved', both),
    step('sent', both),
    step('rejected', { code: 'too_big', recipients: [] }),
    step('sent', { recipients: ['bob'], attempt: 2 }),
    step('accepted', { recipients: ['bob'] }),
    step('sent', { recipients: ['carol'], attempt: 2 }),
    step('rejected', { code: 'too_big', recipients: [] }),
    found('deliver'),
    routed,
    received,
    step('committed'),
  );
  expect(recipients.map(({ to, verdict }) => [to, verdict])).toEqual([
    ['bob', 'delivered'],
    ['carol', 'rejected'],
  ]);
});

test('a list says the same in a line', () => {
  const listed = listEvent('run', event, chronicleOf(numbered([saved, sent, found('offline')])));
  expect(listed).toMatchObject({
    event,
    type: 'position_shared',
    from: 'alice',
    recipients: [{ to: 'bob', verdict: 'waiting', code: 'offline' }],
  });
});
