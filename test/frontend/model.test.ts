import { describe, expect, test } from 'vitest';
import { readJson } from '../../src/frontend/page/api/read-json.ts';
import {
  changeTo,
  emptyFields,
  type Fields,
  fieldsOf,
  oneMoreLeg,
  readDraft,
  wholeLegs,
} from '../../src/frontend/page/model/draft.ts';
import { byTitle, isFound, timeInWords } from '../../src/frontend/page/model/format.ts';
import { outboxSentence, shareOnItsWay, waitingChanges } from '../../src/frontend/page/model/outbox.ts';
import { payoffShape, shapeInWords } from '../../src/frontend/page/model/payoff.ts';
import { emptyState, type PageState } from '../../src/frontend/page/model/state.ts';
import { type Happening, update } from '../../src/frontend/page/model/update.ts';
import { refusalInWords, stageInWords } from '../../src/frontend/page/model/words.ts';
import { friend, notification, type OutboxEntry, outboxEntry } from '../../src/protocol/backend-rest.ts';
import { userId } from '../../src/protocol/ids.ts';
import { pageFrame } from '../../src/protocol/page-socket.ts';
import { comment, type Leg, position } from '../../src/protocol/positions.ts';

const at = '2026-11-22T14:53:00.000Z';
const alice = userId.parse('alice');

const aPosition = (overrides: object = {}) =>
  position.parse({
    id: 'berlin',
    owner_id: 'alice',
    version: 1,
    symbol: 'SAP',
    strategy: '',
    quantity: 1,
    legs: [],
    notes: '',
    tags: [],
    created_at: at,
    updated_at: at,
    read_only: true,
    ...overrides,
  });
const aNotification = (overrides: object = {}) =>
  notification.parse({
    id: 'n1',
    kind: 'position_shared',
    text: 'Alice shares SAP with you.',
    from_user: 'alice',
    position_id: 'berlin',
    created_at: at,
    ...overrides,
  });
const aComment = (id: string, text = id) =>
  comment.parse({ id, text, user: { id: 'bob', display_name: 'Bob' }, created_at: at });
const anEntry = (overrides: object = {}): OutboxEntry =>
  outboxEntry.parse({
    event_id: 'e1',
    to: 'bob',
    type: 'position_shared',
    position_id: 'berlin',
    stage: 'pending',
    settled: false,
    attempts: 0,
    created_at: at,
    updated_at: at,
    ...overrides,
  });
const aFrame = (frame: object): Happening => ({ type: 'frame', frame: pageFrame.parse(frame) });
const friends = [friend.parse({ user_id: 'alice', display_name: 'Alice', status: 'online' })];
const loaded = (overrides: Partial<Extract<Happening, { type: 'loaded' }>> = {}): Happening => ({
  type: 'loaded',
  positions: [],
  friends,
  notifications: [],
  relay: true,
  ...overrides,
});
const through = (...happenings: readonly Happening[]): PageState => happenings.reduce(update, emptyState);
const shared = aFrame({
  id: 'e1',
  type: 'position_shared',
  from_user: 'alice',
  to_users: ['bob'],
  sent_at: at,
  data: { position_id: 'berlin', share_url: 'http://127.0.0.1:8000/api/v1/positions/ideas/berlin' },
});
const hello = aFrame({ type: 'hello', user_id: 'bob' });

describe('what is shared', () => {
  test('is a placeholder until it has been fetched', () => {
    const state = through(loaded(), shared);
    expect([...state.fetching.values()]).toEqual([{ id: 'berlin', owner: alice }]);
    const fetched = update(state, aFrame({ type: 'position', position: aPosition() }));
    expect([fetched.fetching.size, fetched.positions.size]).toEqual([0, 1]);
  });

  test('is no placeholder any more when it is taken back, or cannot be had', () => {
    const removed = aFrame({ type: 'position_removed', position_id: 'berlin' });
    const failed = aFrame({
      type: 'notification',
      notification: aNotification({ id: 'n2', kind: 'fetch_failed' }),
    });
    for (const end of [removed, failed]) expect(through(loaded(), shared, end).fetching.size).toBe(0);
  });

  test('is known as being fetched after a reload, by what was said about it last', () => {
    const news = (...kinds: readonly string[]) =>
      kinds.map((kind, n) => aNotification({ id: `n${n}`, kind }));
    const placeholders = (kinds: readonly string[], more = {}) =>
      through(loaded({ notifications: news(...kinds), ...more })).fetching.size;
    expect(placeholders(['position_shared'])).toBe(1);
    expect(placeholders(['share_revoked', 'position_shared'])).toBe(0);
    expect(placeholders(['position_shared'], { positions: [aPosition()] })).toBe(0);
    expect(placeholders(['position_shared'], { friends: [] })).toBe(0);
  });

  test('never goes back to an older version', () => {
    const state = through(
      loaded({ positions: [aPosition({ version: 3, notes: 'new' })] }),
      aFrame({ type: 'position', position: aPosition({ version: 2, notes: 'old' }) }),
    );
    expect([...state.positions.values()]).toMatchObject([{ notes: 'new' }]);
  });
});

describe('a thread', () => {
  const berlin = aPosition().id;
  const open: Happening = { type: 'thread', position: berlin, comments: [aComment('c1')] };
  const came = (id: string) =>
    aFrame({
      id: `e-${id}`,
      type: 'comment_added',
      from_user: 'alice',
      to_users: ['bob'],
      sent_at: at,
      data: { position_id: 'berlin', comment: aComment(id) },
    });
  const ids = (state: PageState) => state.threads.get(berlin)?.map(({ id }) => id);

  test('grows by each comment once', () => {
    expect(ids(through(loaded(), open, came('c2'), came('c2'), came('c1')))).toEqual(['c1', 'c2']);
  });

  test('that nobody has opened is left alone', () => {
    expect(ids(through(loaded(), came('c1')))).toBeUndefined();
  });

  test('loses a comment that its owner has refused, and says so', () => {
    const refused = aNotification({ id: 'n2', kind: 'refused', comment_id: 'c1', text: 'Not taken.' });
    const state = through(loaded(), open, aFrame({ type: 'notification', notification: refused }));
    expect(ids(state)).toEqual([]);
    expect(state).toMatchObject({ unread: 1, said: { text: 'Not taken.' } });
  });
});

describe('the connection', () => {
  test('is said when it goes and when it comes back, and not at the first start', () => {
    const first = through(hello, loaded());
    expect(first).toMatchObject({ connection: 'live', said: { n: 0 } });
    const lost = update(first, { type: 'lost' });
    expect(lost).toMatchObject({ connection: 'lost', said: { n: 1, text: expect.stringContaining('lost') } });
    expect(update(lost, { type: 'lost' }).said.n).toBe(1);
    expect(update(lost, hello)).toMatchObject({
      connection: 'live',
      said: { text: expect.stringContaining('back') },
    });
  });

  test('of the backend is said once a change', () => {
    const away = aFrame({ type: 'relay', connected: false });
    const state = through(loaded(), away, away);
    expect(state).toMatchObject({ relay: false, said: { n: 1 } });
  });
});

describe('the outbox', () => {
  const entries = [
    anEntry(),
    anEntry({ to: 'carol' }),
    anEntry({ event_id: 'e2', type: 'comment_added' }),
    anEntry({ event_id: 'e3', settled: true, stage: 'delivered' }),
  ];
  const state = through(loaded(), { type: 'outbox', entries: entries.toReversed() });
  const changes = waitingChanges(state.outbox);
  const nameOf = (user: string) => user;

  test('holds changes, each with whom it is for', () => {
    expect(changes.map(({ id, entries: of }) => [id, of.map(({ to }) => to)])).toEqual([
      ['e1', ['bob', 'carol']],
      ['e2', ['bob']],
    ]);
  });

  test.each([
    [changes, false, '2 changes wait until the connection is back.'],
    [changes.slice(0, 1), false, '1 change waits until the connection is back.'],
    [changes, true, '2 changes wait for bob and carol.'],
    [changes.slice(1), undefined, '1 change waits for bob.'],
    [[], true, 'Everything has arrived.'],
  ] as const)('says how things stand (%#)', (some, relay, sentence) => {
    expect(outboxSentence(some, relay, nameOf)).toBe(sentence);
  });

  test('is not taken back by what was read before a receipt came', () => {
    const soon = '2026-11-22T14:53:01.000Z';
    const arrived = anEntry({ stage: 'delivered', settled: true, updated_at: soon });
    const again = (...read: OutboxEntry[]) =>
      through(loaded(), aFrame({ type: 'receipt', entry: arrived }), { type: 'outbox', entries: read });
    expect([...again(anEntry()).outbox.values()]).toEqual([arrived]);
    expect([...again(anEntry({ updated_at: soon })).outbox.values()]).toEqual([arrived]);
    expect(again().outbox.size).toBe(0);
  });

  test('follows each receipt', () => {
    const done = aFrame({ type: 'receipt', entry: anEntry({ stage: 'delivered', settled: true }) });
    const left = waitingChanges(update(state, done).outbox);
    expect(left.map(({ id, entries: of }) => [id, of.length])).toEqual([
      ['e1', 1],
      ['e2', 1],
    ]);
  });

  test('tells a stage in words', () => {
    expect(stageInWords(anEntry(), false)).toBe('waits until the connection is back');
    expect(stageInWords(anEntry({ stage: 'refused', code: 'no_access' }), true)).toBe(
      'refused: it is not shared with you any more',
    );
  });
});

describe('a refusal', () => {
  test('is told by the most precise sentence that there is', () => {
    const refused = (details: object) => refusalInWords({ is: 'refused', details });
    expect(refused({ title: 'Too many requests.', retry_after_ms: 2100 })).toBe(
      'Too many requests. Try again in 3 s.',
    );
    expect(refused({ title: 'No.', detail: 'bob is no friend' })).toBe('Bob is no friend.');
    expect(refused({ errors: [{ path: 'notes', message: 'too long' }] })).toBe('Too long.');
    expect(refused({})).toBe('Your backend refused this.');
  });

  test('differs from silence, after which nobody knows', () => {
    expect(refusalInWords({ is: 'silent', why: 'timeout' })).toMatch(/nobody knows/);
    expect(refusalInWords({ is: 'answered', answer: {} })).toBeUndefined();
  });
});

describe('the shape at expiry', () => {
  const leg = (
    action: Leg['action'],
    right: Leg['right'],
    strike: number,
    expiration = '2027-02-19',
  ): Leg => ({
    action,
    right,
    strike,
    expiration,
    quantity: 1,
  });

  test('of a call spread rises between its strikes', () => {
    const shape = payoffShape([leg('buy', 'call', 100), leg('sell', 'call', 110)]);
    expect(shape.map(({ value }) => value)).toEqual([0, 0, 10, 10]);
    expect(shapeInWords(shape)).toBe('level up to 100, rising from 100 to 110, level above 110');
  });

  test('is not drawn where legs end on different days', () => {
    expect(payoffShape([leg('buy', 'call', 100), leg('sell', 'call', 100, '2027-03-19')])).toEqual([]);
    expect(payoffShape([])).toEqual([]);
  });
});

test('a time of another day has its date', () => {
  const now = new Date(2026, 10, 22, 18);
  expect(timeInWords(new Date(2026, 10, 22, 9, 5).toISOString(), now)).toBe('09:05');
  expect(timeInWords(new Date(2026, 10, 21, 9, 5).toISOString(), now)).toBe('21 Nov, 09:05');
});

describe('a new position', () => {
  const one = { ...oneMoreLeg(emptyFields), strike: '200', expiration: '2027-03-19' };
  const two = { ...oneMoreLeg({ ...emptyFields, legs: [one] }), strike: '220.5' };
  const whole = { ...emptyFields, symbol: ' sap ', legs: [one, two], tags: 'bullish, , earnings,bullish' };

  test('is read as it is meant', () => {
    expect(readDraft(whole)).toEqual({
      is: 'draft',
      draft: {
        symbol: 'SAP',
        strategy: '',
        quantity: 1,
        legs: [
          { action: 'buy', right: 'call', quantity: 1, strike: 200, expiration: '2027-03-19' },
          { action: 'sell', right: 'call', quantity: 1, strike: 220.5, expiration: '2027-03-19' },
        ],
        notes: '',
        tags: ['bullish', 'earnings'],
      },
    });
  });

  test('says everything that is wrong with it at once, a sentence for each field', () => {
    const wrong = {
      ...whole,
      symbol: '',
      quantity: '1.5',
      legs: [
        { ...one, strike: '0', quantity: '' },
        { ...two, expiration: '' },
      ],
      tags: 'x'.repeat(41),
    };
    const read = readDraft(wrong);
    expect(read.is === 'wrong' && [...read.mistakes]).toEqual([
      ['symbol', 'Say which symbol: 1 to 16 letters or digits, like SAP or BRK.B.'],
      ['quantity', 'The quantity is a whole number, 0 or more.'],
      ['legs.0.strike', 'A number above 0.'],
      ['legs.0.quantity', 'A whole number, 1 or more.'],
      ['legs.1.expiration', 'The day on which it expires.'],
      ['tags', 'At most 20 tags, of 40 letters each.'],
    ]);
    expect(wholeLegs(wrong)).toEqual([]);
    expect(wholeLegs({ ...whole, legs: [one, { ...two, strike: '' }] })).toHaveLength(1);
  });
});

test('of a position only what was changed in its form is sent', () => {
  const legs = [{ action: 'buy', right: 'put', strike: 90.5, expiration: '2027-03-19', quantity: 2 }];
  const before = aPosition({ strategy: 'hedge', legs, notes: 'As is.', tags: ['a', 'b'], read_only: false });
  const changed = (change: Partial<Fields>) => {
    const read = readDraft({ ...fieldsOf(before), ...change });
    if (read.is !== 'draft') throw new Error('It cannot be read.');
    return changeTo(before, read.draft);
  };
  expect(changed({})).toBeUndefined();
  expect(changed({ notes: 'Rolled.', tags: 'b, a' })).toEqual({ notes: 'Rolled.', tags: ['b', 'a'] });
  expect(changed({ legs: [] })).toEqual({ legs: [] });
  const [first] = fieldsOf(before).legs;
  expect(changed({ symbol: 'dax', legs: first ? [{ ...first, strike: '91' }] : [] })).toEqual({
    symbol: 'DAX',
    legs: [{ ...legs[0], strike: 91 }],
  });
});

describe('long lists', () => {
  const some = ['SYM10', 'SYM2', 'DAX'].map((symbol) =>
    aPosition({ id: symbol, symbol, strategy: 'Iron Condor', tags: ['neutral'] }),
  );

  test('are in the order in which people count', () => {
    expect(some.toSorted(byTitle).map(({ symbol }) => symbol)).toEqual(['DAX', 'SYM2', 'SYM10']);
  });

  test.each([
    ['sym', ['SYM10', 'SYM2']],
    ['dax iron', ['DAX']],
    [' NEUTRAL', ['SYM10', 'SYM2', 'DAX']],
    ['', ['SYM10', 'SYM2', 'DAX']],
    ['calls', []],
  ])('are narrowed by "%s"', (text, found) => {
    expect(some.filter((one) => isFound(one, text)).map(({ symbol }) => symbol)).toEqual(found);
  });
});

test('a share that has not arrived yet is found for its reader', () => {
  const state = through(loaded(), {
    type: 'outbox',
    entries: [anEntry(), anEntry({ to: 'carol', settled: true, stage: 'delivered' })],
  });
  const berlin = aPosition().id;
  expect(shareOnItsWay(state.outbox, berlin, userId.parse('bob'))?.stage).toBe('pending');
  expect(shareOnItsWay(state.outbox, berlin, userId.parse('carol'))).toBeUndefined();
});

test('what a backend says is null is absent, and what is no JSON is nothing', () => {
  expect(readJson('{"status":"online","last_seen":null,"legs":[{"note":null}]}')).toEqual({
    status: 'online',
    legs: [{}],
  });
  expect(readJson('<html>')).toBeUndefined();
});
