import { Refused } from '../../src/http/refused.ts';
import { positionId, type UserId, userId } from '../../src/protocol/ids.ts';
import { positionDraft } from '../../src/protocol/positions.ts';
import { seeded } from '../../src/stack/links/faults/random.ts';
import { Disk, SimulatedBackend, type Surroundings } from './backend.ts';
import { Ledger } from './ledger.ts';
import { Link } from './link.ts';
import { type Copy, Crash } from './memory-database.ts';
import { SimulatedRelay } from './relay.ts';
import { Time } from './time.ts';
import { Web } from './web.ts';

export const alice = userId.parse('alice');
export const bob = userId.parse('bob');
export const carol = userId.parse('carol');
export const users = [alice, bob, carol] as const;
export const titles = ['one', 'two'] as const;

const ids = new Map(
  users.flatMap((user) =>
    titles.map((title) => [`${user}-${title}`, positionId.parse(`${user}-${title}`)] as const),
  ),
);
export function idOf(owner: UserId, title: (typeof titles)[number]) {
  const id = ids.get(`${owner}-${title}`);
  if (!id) throw new Error(`${owner} has no position ${title}`);
  return id;
}

const draft = positionDraft.parse({ symbol: 'SAP' });
/** How long the relay takes to notice that a connection has ended without a word. */
const unnoticedMs = 2000;

/** Three users, their databases, what runs of them, a relay, and all that is under way between them. */
export class World {
  readonly time: Time;
  readonly web = new Web();
  readonly ledger = new Ledger();
  readonly #disks = new Map<UserId, Disk>();
  readonly #backends = new Map<UserId, SimulatedBackend>();
  readonly #copies = new Map<UserId, Copy>();
  readonly #links = new Set<Link>();
  readonly #around: Surroundings;
  #relay: SimulatedRelay | undefined;
  #names = 0;

  constructor(seed: number, friends: readonly (readonly [UserId, UserId])[]) {
    this.time = new Time(seeded(seed));
    this.#around = {
      time: this.time,
      web: this.web,
      ledger: this.ledger,
      dial: (user) => this.#dial(user),
      run: (backend, work) => this.#run(backend, work),
    };
    this.startRelay();
    for (const user of users) {
      const of = friends
        .filter((pair) => pair.includes(user))
        .flatMap((pair) => pair.filter((one) => one !== user));
      const disk = new Disk(user, of);
      for (const title of titles) disk.store.positions.createOwn(idOf(user, title), user, draft, '');
      this.#disks.set(user, disk);
      this.start(user);
    }
  }

  disk(user: UserId): Disk {
    const disk = this.#disks.get(user);
    if (!disk) throw new Error(`${user} is not there`);
    return disk;
  }

  backend(user: UserId): SimulatedBackend | undefined {
    return this.#backends.get(user);
  }

  link(user: UserId): Link | undefined {
    return this.#backends.get(user)?.link;
  }

  get relay(): SimulatedRelay | undefined {
    return this.#relay;
  }

  /** A number that was never given before in this history. */
  number(): number {
    this.#names += 1;
    return this.#names;
  }

  /** A request of the user's own page, which may be refused; nothing happens where nobody is to take it. */
  act(user: UserId, act: (backend: SimulatedBackend) => void): boolean {
    const backend = this.#backends.get(user);
    if (!backend || backend.isPaused) return false;
    let done = false;
    this.#run(backend, () => {
      try {
        act(backend);
        done = true;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
      }
    });
    return done;
  }

  start(user: UserId): void {
    if (this.#backends.has(user)) return;
    const disk = this.disk(user);
    disk.db.open();
    const backend = new SimulatedBackend(disk, this.#around);
    this.#backends.set(user, backend);
  }

  kill(user: UserId): void {
    const backend = this.#backends.get(user);
    if (!backend) return;
    this.#backends.delete(user);
    const { link } = backend;
    backend.die();
    this.#end(link);
    for (const exchange of this.web.underWay.filter(({ from }) => from === backend)) this.#forget(exchange);
  }

  remember(user: UserId): void {
    this.#copies.set(user, this.disk(user).db.copy());
  }

  putBack(user: UserId): void {
    const copy = this.#copies.get(user);
    if (!copy) return;
    this.kill(user);
    this.disk(user).db.open();
    copy();
    this.ledger.forget(user);
    this.start(user);
  }

  pause(user: UserId, isPaused: boolean): void {
    const backend = this.#backends.get(user);
    if (backend) backend.isPaused = isPaused;
  }

  /** The connection breaks; the relay may take its time to notice. */
  cut(user: UserId, noticed: boolean): void {
    const backend = this.#backends.get(user);
    const link = backend?.link;
    if (!backend || !link) return;
    link.lose();
    this.#run(backend, () => backend.lost());
    const { relay } = this;
    if (noticed) this.#end(link);
    else if (relay) this.time.after(unnoticedMs, () => this.#end(link), relay);
  }

  killRelay(): void {
    this.#relay?.kill();
    this.#relay = undefined;
    for (const link of this.#links) {
      link.lose();
      link.isUpAtRelay = false;
    }
    this.#links.clear();
    for (const backend of this.#backends.values()) if (backend.link) this.#run(backend, () => backend.lost());
  }

  startRelay(): void {
    this.#relay ??= new SimulatedRelay(this.time, (event, friends) => this.ledger.handedOver(event, friends));
  }

  /** Time goes on; nothing that is under way arrives meanwhile. */
  pass(ms: number): void {
    this.time.goTo(this.time.now + ms);
  }

  /** Up to so many frames and answers arrive, in any order but that of each connection. */
  arrive(most: number): boolean {
    for (let n = 0; n < most; n += 1) {
      const moves = this.#moves();
      const move = moves[Math.floor(this.time.random() * moves.length)];
      if (!move) return false;
      move();
    }
    return true;
  }

  /** Loses one question or answer between backends. */
  loseExchange(): void {
    const [exchange] = this.web.underWay;
    if (!exchange) return;
    this.#forget(exchange);
    this.#run(exchange.from, exchange.lose);
  }

  /** From here on nothing goes wrong, and time passes until nothing happens any more; false if that never comes. */
  heal(isQuiet: () => boolean): boolean {
    this.startRelay();
    for (const user of users) {
      this.start(user);
      this.pause(user, false);
      this.disk(user).db.dieAt = undefined;
      this.ledger.makeBusy(user, false);
      this.#relay?.slow(user, false);
    }
    for (let round = 0; round < 600; round += 1) {
      if (this.arrive(5000)) return false;
      if (isQuiet()) return true;
      const next = this.time.next();
      if (next === Number.POSITIVE_INFINITY) return false;
      this.time.goTo(next);
    }
    return false;
  }

  end(): void {
    for (const user of users) this.kill(user);
    this.#relay?.kill();
  }

  #dial(user: UserId): Link | undefined {
    if (!this.#relay) return undefined;
    const link = new Link(user);
    this.#links.add(link);
    return link;
  }

  #end(link: Link | undefined): void {
    if (!link) return;
    link.lose();
    this.#links.delete(link);
    this.#relay?.ended(link);
  }

  #forget(exchange: World['web']['underWay'][number]): void {
    const index = this.web.underWay.indexOf(exchange);
    if (index >= 0) this.web.underWay.splice(index, 1);
  }

  /** A process does something. Where it dies of it, it is started again. */
  #run(backend: SimulatedBackend, work: () => void): void {
    if (backend.isDead) return;
    try {
      work();
      backend.turn();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
    if (backend.isDead || backend.disk.db.isOpen) return;
    this.kill(backend.user);
    this.start(backend.user);
  }

  #moves(): (() => void)[] {
    const moves: (() => void)[] = [];
    for (const link of this.#links) {
      const backend = this.#backends.get(link.user);
      if (link.toRelay.length > 0) {
        moves.push(() => {
          const frame = link.toRelay.shift();
          if (frame) this.#relay?.take(link, frame);
        });
      }
      if (link.toUser.length === 0 || backend?.link !== link || backend.isPaused) continue;
      moves.push(() => {
        const frame = link.toUser.shift();
        if (frame) this.#run(backend, () => backend.take(frame));
      });
    }
    for (const exchange of this.web.underWay) {
      const { isBack, from, to, go } = exchange;
      const owner = this.#backends.get(to);
      if (isBack ? from.isPaused : owner?.isPaused) continue;
      moves.push(() => {
        this.#forget(exchange);
        if (isBack) this.#run(from, () => go(undefined));
        else if (owner) this.#run(owner, () => go(owner));
        else go(undefined);
      });
    }
    return moves;
  }
}
