import { epoch, life } from '../protocol/ids.ts';
import type { SubmitReply } from '../protocol/receipts.ts';
import { Acknowledger } from './acknowledger.ts';
import type { Carrier, CarrierEvents } from './carrier.ts';
import type { CollabClient, CollabClientOptions } from './collab-client.ts';
import { Connection } from './connection.ts';
import { noReply, notConnected } from './connection-problems.ts';
import { freshEpoch } from './epochs.ts';
import { InboxReceiver } from './inbox-receiver.ts';
import { InboxTable } from './inbox-table.ts';
import { OutboxIntake } from './outbox-intake.ts';
import { OutboxSender } from './outbox-sender.ts';
import { OutboxTable } from './outbox-table.ts';
import { OutboxWriter } from './outbox-writer.ts';
import { PresenceBook } from './presence-book.ts';
import { RelayFetches } from './relay-fetches.ts';

const windowSize = 32;
const thirtyDaysMs = 30 * 24 * 3600 * 1000;
const oftenestExpiryMs = 50;
const hourMs = 3600 * 1000;
const keptOutbox = { keptSettled: 5000, pruneEvery: 500 };
const keptInbox = { kept: 100_000, keptPerSender: 4 * windowSize, pruneEvery: 500 };

/**
 * Opens the outbox and the inbox in the caller's database and starts to connect; `ready` tells when the relay has
 * greeted us, and work may be queued before. The database should be in WAL mode, and its `synchronous` decides what an
 * acknowledgement is worth: FULL survives a loss of power, NORMAL the death of this process. It stays the caller's, to
 * be closed after the client.
 */
export async function openCollabClient(options: CollabClientOptions): Promise<CollabClient> {
  const { db, user, timing, tell, acks } = options;
  const whither = options.collabUrl ?? 'the other backends';
  const note = (code: string, text: string) => tell({ type: 'note', level: 'warn', code, text });

  const outboxTable = new OutboxTable(db, { limit: options.outboxLimit, ...keptOutbox });
  const inboxTable = new InboxTable(db, keptInbox);
  const { onSettled, onOutbox } = options;
  const ageMs = options.outboxAgeMs ?? thirtyDaysMs;
  const writer = new OutboxWriter({ db, table: outboxTable, user, ageMs, onSettled, onOutbox, tell });
  const sender = new OutboxSender({
    db,
    table: outboxTable,
    writer,
    user,
    epoch: freshEpoch(Date.now(), Math.random),
    settings: { window: windowSize, sweepMs: timing.sweepMs, replyTimeoutMs: timing.replyTimeoutMs },
    expiryCheckMs: Math.max(oftenestExpiryMs, Math.min(hourMs, ageMs / 4)),
    submit: (event, reply) => connection.submit(event, reply),
    tell,
  });
  const intake = new OutboxIntake({
    db,
    table: outboxTable,
    user,
    wasSent: (recipient, n) => sender.wasSent(recipient, n),
    onParted: (recipient) => sender.part(recipient),
    onChanged: (recipients) => sender.changed(recipients),
    tell,
  });
  const acknowledger = new Acknowledger({
    delayMs: timing.ackDelayMs,
    send: (acknowledgement) => connection.acknowledge(acknowledgement),
  });
  const receiver = new InboxReceiver({
    db,
    table: inboxTable,
    acknowledger,
    user,
    acks,
    apply: options.apply,
    onCommitted: options.onCommitted,
    onSkipped: options.onSkipped ?? (() => {}),
    tell,
  });
  const presences = new PresenceBook(options.onPresence);
  const fetches = new RelayFetches({
    send: (request) => connection.ask(request),
    reply: (reply) => connection.answer(reply),
    answer: options.onQuestion ?? (async () => ({ code: 'unavailable' })),
  });

  const events: CarrierEvents = {
    onConnected: () => {
      options.onConnection(true);
      acknowledger.flush();
      sender.connected();
    },
    onLost: () => {
      sender.disconnected();
      presences.lost();
      fetches.lost();
      options.onConnection(false);
    },
    onEvent: (event) => receiver.receive(event),
    onUnreadable: (envelope) => receiver.refuse(envelope),
    onPresence: (presence) => {
      if (presence.status === 'offline') sender.absent(presence.user_id);
      presences.told(presence);
    },
    onWake: ({ user_id }) => sender.wake(user_id),
    onReceipts: (receipts) => sender.receipts(receipts),
    onQuestion: (question) => void fetches.question(question),
    onFetched: (result) => fetches.result(result),
    onNote: note,
  };
  const connection: Carrier = options.carrier?.(events) ?? toRelay(options, events);
  connection.open();

  let closing: Promise<void> | undefined;
  const close = async () => {
    acknowledger.flush();
    acknowledger.close();
    fetches.lost();
    intake.close();
    sender.close();
    await connection.close();
  };

  return {
    get connected() {
      return connection.connected;
    },
    ready: connection.ready,
    enqueue: (event) => intake.enqueue(event),
    purge: (rows) => intake.purge(rows),
    committed: () => intake.committed(),
    began: (from, heard) => {
      if (receiver.began(from, epoch.parse(heard))) sender.restart(from);
    },
    lifeTowards: (friend) => life.parse(sender.lifeTowards(friend)),
    friendsChanged: () => {
      // The relay passes an acknowledgement on only while both still know each other.
      acknowledger.flush();
      connection.declareFriends();
    },
    emitRaw: (event) => emitRaw(event),
    ask: (request) => fetches.ask(request, timing.replyTimeoutMs),
    waiting: (to) => sender.waiting(to),
    outbox: (query) => sender.state(query),
    inbox: ({ after, limit }) => inboxTable.read(after, limit),
    oldestPending: () => outboxTable.oldestPending(),
    gaps: () => receiver.gaps,
    presenceOf: (friend) => presences.of(friend),
    census: () => {
      const { runnable, parked } = sender.census();
      const carried = connection.census();
      return {
        links: carried.links,
        runnable: {
          ...runnable,
          ...carried.runnable,
          acks: acknowledger.size,
          answers: fetches.answering,
        },
        parked,
        away: carried.away,
      };
    },
    [Symbol.asyncDispose]: () => {
      closing ??= close();
      return closing;
    },
  };

  function emitRaw(event: Record<string, unknown>): Promise<SubmitReply> {
    const { promise, resolve, reject } = Promise.withResolvers<SubmitReply>();
    const timeout = setTimeout(
      () => reject(noReply(user, whither, timing.replyTimeoutMs)),
      timing.replyTimeoutMs,
    );
    const left = connection.submit(event, (reply) => {
      clearTimeout(timeout);
      resolve(reply);
    });
    if (!left) {
      clearTimeout(timeout);
      reject(notConnected(user, whither));
    }
    return promise;
  }
}

function toRelay(options: CollabClientOptions, events: CarrierEvents): Carrier {
  const { collabUrl, authorities, user, token, friends, acks, timing } = options;
  if (collabUrl === undefined) throw new Error('a client needs the URL of a relay, or a carrier');
  return new Connection({
    ...events,
    url: collabUrl,
    authorities,
    user,
    token,
    friends,
    profile: {
      backend_url: options.backendUrl,
      display_name: options.displayName,
      peer_key: options.peerKey,
      acks,
    },
    reconnectMinMs: timing.reconnectMinMs,
    reconnectMaxMs: timing.reconnectMaxMs,
  });
}
