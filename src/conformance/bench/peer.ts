import { generateKeyPairSync } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import type { OwnPeerKey } from '../../client/peer-key.ts';
import { makePeerToken } from '../../client/peer-token.ts';
import type { DeliveredEvent, EventType } from '../../protocol/events.ts';
import { type UserId, userId } from '../../protocol/ids.ts';
import type { Comment } from '../../protocol/positions.ts';
import { peerKey } from '../../protocol/presence.ts';
import type { Receipt, Stage } from '../../protocol/receipts.ts';
import { Blocked, Broken } from '../check.ts';
import type { Log } from './log.ts';
import { type BookEntry, PeerBook } from './peer-book.ts';
import { PeerFace } from './peer-face.ts';
import { PeerLine } from './peer-line.ts';

export interface PeerOptions {
  readonly name: string;
  /** The user of the tested backend. */
  readonly tested: UserId;
  readonly relayUrl: string;
  readonly relayToken: () => Promise<string>;
  /** Whom this peer declares. */
  readonly friends: readonly string[];
  readonly withinMs: number;
}

export interface Draft {
  readonly type: EventType;
  readonly data: Record<string, unknown>;
  readonly id?: string;
  /** Instead of the next place in the stream; `none`: without any number, as the brief's own clients. */
  readonly place?: { readonly epoch: string; readonly seq: number; readonly base: number } | 'none';
}

/** An event that is under way to the tested backend. */
export interface Sent {
  readonly id: string;
  readonly from: number;
  readonly words: string;
}

const conclusive: readonly Stage[] = [
  'delivered',
  'refused',
  'quarantined',
  'nacked',
  'unavailable',
  'limited',
];

/** Alice, carol and the others, played by this command: an honest peer, unless a check has it lie. */
export class Peer implements AsyncDisposable {
  readonly name: UserId;
  readonly book: PeerBook;
  readonly face: PeerFace;
  readonly line: PeerLine;
  readonly key: OwnPeerKey;
  readonly #options: PeerOptions;
  /** Where this peer's stream to the tested backend stands; `waiting` holds the numbers of unsettled events. */
  #stream = { epoch: uuid(), next: 1, waiting: new Map<number, string>() };
  /** Where the tested backend's stream to this peer stands, by epoch: the number that comes next. */
  readonly #expected = new Map<string, number>();
  #silent = 0;
  readonly #unsaid: DeliveredEvent[] = [];

  constructor(options: PeerOptions) {
    const { name, tested } = options;
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    this.#options = options;
    this.name = userId.parse(name);
    this.key = { privateKey, publicKey: peerKey.parse(publicKey.export({ format: 'jwk' })) };
    this.book = new PeerBook(name);
    this.face = new PeerFace(this.book, this.key.publicKey, tested);
    this.line = new PeerLine({
      relayUrl: options.relayUrl,
      user: name,
      hello: async () => ({
        token: await options.relayToken(),
        user_id: name,
        backend_url: this.face.url,
        display_name: name.replace(/^./, (letter) => letter.toUpperCase()),
        friends: options.friends,
        peer_key: this.key.publicKey,
        acks: true,
      }),
      onQuestion: async ({ path, token }) => {
        const url = new URL(path, 'http://peer');
        const { pathname, searchParams: query } = url;
        return this.face.answer({ path: pathname, query, token, via: 'relay' });
      },
    });
    this.line.onEvent = (event) => {
      this.#take(event);
      if (this.#silent === 0) this.acknowledge(event);
      else this.#unsaid.push(event);
    };
  }

  async open(): Promise<void> {
    await this.face.open();
    await this.line.open();
  }

  /** A comment on an own position is in the thread from then on, as with any owner. */
  #take(event: DeliveredEvent): void {
    if (event.type !== 'comment_added') return;
    const { comment } = event.data;
    const thread = this.book.find(event.data.position_id)?.comments;
    if (thread?.some(({ id }) => id === comment.id) === false) thread.push(comment);
  }

  /** With this the peer asks the tested backend; a fresh one each time. */
  peerToken(callee: string = this.#options.tested, now = Date.now()): Promise<string> {
    return makePeerToken(this.name, userId.parse(callee), this.key, now);
  }

  /** Until it is disposed of, events are taken and not acknowledged; then all of them are. */
  silence(): Disposable {
    this.#silent += 1;
    return {
      [Symbol.dispose]: () => {
        this.#silent -= 1;
        if (this.#silent === 0) for (const event of this.#unsaid.splice(0)) this.acknowledge(event);
      },
    };
  }

  /** `refusal`: the code with which it is refused instead. */
  acknowledge({ id, from_user: from, epoch, seq, base }: DeliveredEvent, refusal?: string): void {
    const numbered = epoch !== undefined && seq !== undefined;
    if (numbered) {
      const expected = Math.max(this.#expected.get(epoch) ?? base ?? seq, base ?? 1);
      this.#expected.set(epoch, seq === expected ? seq + 1 : expected);
    }
    const upto = numbered ? (this.#expected.get(epoch) ?? 1) - 1 : 0;
    const results = [
      refusal === undefined ? { id, status: 'delivered' } : { id, status: 'refused', code: refusal },
    ];
    this.line.say({ type: 'ack', from, epoch, ...(upto > 0 && { upto }), results });
  }

  /** Hands an event to the relay for the tested backend; does not wait for what becomes of it. */
  send({ type, data, id = uuid(), place }: Draft): Sent {
    const { tested } = this.#options;
    const from = this.line.receipts.all.length;
    const numbers = place === 'none' ? undefined : (place ?? this.#nextPlace(id));
    this.line.say({
      type,
      id,
      to_users: [tested],
      data,
      sent_at: new Date().toISOString(),
      ...(numbers && {
        epoch: numbers.epoch,
        seq: { [tested]: numbers.seq },
        base: { [tested]: numbers.base },
      }),
    });
    return { id, from, words: `${this.name} sends ${type} ${JSON.stringify(data).slice(0, 200)}` };
  }

  #nextPlace(id: string): { epoch: string; seq: number; base: number } {
    const { epoch, waiting } = this.#stream;
    const seq = this.#stream.next++;
    waiting.set(seq, id);
    return { epoch, seq, base: Math.min(...waiting.keys()) };
  }

  /** What the backend said about it. @throws Broken where it says nothing in time */
  async outcome(sent: Sent, withinMs = this.#options.withinMs): Promise<Receipt> {
    const said = await this.line.receipts.next(
      (receipt) => receipt.id === sent.id && (conclusive.includes(receipt.stage) || receipt.final === true),
      withinMs,
      sent.from,
    );
    if (!said) {
      const came = `no acknowledgement within ${withinMs / 1000} s`;
      throw new Broken({ sent: sent.words, came, expected: 'an acknowledgement after the commit' });
    }
    if (said.stage === 'routed') throw new Blocked('the backend declares no acknowledgements (acks: true)');
    const { waiting } = this.#stream;
    if (said.stage !== 'nacked') for (const [seq, id] of waiting) if (id === sent.id) waiting.delete(seq);
    return said;
  }

  /** Sends and waits. @throws Broken unless the backend says one of these */
  async tell(draft: Draft, ...stages: readonly Stage[]): Promise<Receipt> {
    const sent = this.send(draft);
    const said = await this.outcome(sent);
    if (!stages.includes(said.stage)) throw contradicts(sent, said, stages.join(' or '));
    return said;
  }

  /** A position of this peer's own that the tested user may read, in the book only: nothing is said of it. */
  grant(id: string, content: Record<string, unknown> = {}): BookEntry {
    const entry = this.book.find(id) ?? this.book.add(id, content);
    entry.readers.add(this.#options.tested);
    return entry;
  }

  shareUrl(id: string): string {
    return `${this.face.url}/api/v1/positions/ideas/${id}`;
  }

  shared({ position, shareId }: BookEntry): Draft {
    return {
      type: 'position_shared',
      data: {
        position_id: position.id,
        share_url: this.shareUrl(position.id),
        shared_at: new Date().toISOString(),
        version: position.version,
        share_id: shareId,
      },
    };
  }

  commented({ position }: BookEntry, comment: Comment): Draft {
    return { type: 'comment_added', data: { position_id: position.id, comment } };
  }

  revoked({ position, shareId }: BookEntry): Draft {
    return { type: 'share_revoked', data: { position_id: position.id, share_id: shareId } };
  }

  /** The first event of the tested backend that is so. @throws Broken where none comes in time */
  async receives(
    what: string,
    sent: string,
    matches: (event: DeliveredEvent) => boolean,
    withinMs = this.#options.withinMs,
  ): Promise<DeliveredEvent> {
    const event = await this.events.next(matches, withinMs);
    if (event) return event;
    const came = `${this.name} got nothing of the kind within ${withinMs / 1000} s`;
    throw new Broken({ sent, came, expected: `${this.name} receives ${what}` });
  }

  get events(): Log<DeliveredEvent> {
    return this.line.events;
  }

  /** Between two checks: what one left unsettled must not hold up the next. */
  settle(): void {
    if (this.#stream.waiting.size > 0) this.newEpoch();
  }

  /** Gives up so many numbers, as if what had them had expired: the next event says so with its base. */
  skip(numbers: number): void {
    this.#stream.next += numbers;
  }

  newEpoch(): void {
    this.#stream = { epoch: uuid(), next: 1, waiting: new Map() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.line[Symbol.dispose]();
    await this.face[Symbol.asyncDispose]();
  }
}

export const contradicts = (sent: Sent, { stage, code }: Receipt, expected: string): Broken =>
  new Broken({
    sent: sent.words,
    came: code === undefined ? stage : `${stage} (${code})`,
    expected,
  });
