import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aFolder, startGate, startRelay, startUser, type User, until } from './rig.ts';

const names = ['alice', 'bob', 'carol'] as const;
type Name = (typeof names)[number];
const titles = ['one', 'two'] as const;

/** Three friends over a real relay, each with a real database that can be put back to an earlier day. */
class World {
  readonly #users = new Map<Name, User>();
  readonly #gates = new Map<Name, Awaited<ReturnType<typeof startGate>>>();
  readonly #copies = new Map<Name, string>();
  readonly #relay: { readonly url: string };
  #n = 0;

  constructor(relay: { readonly url: string }) {
    this.#relay = relay;
  }

  user(name: Name): User {
    const user = this.#users.get(name);
    if (!user) throw new Error(`${name} is not there`);
    return user;
  }

  async start(name: Name): Promise<void> {
    const folder = this.#users.get(name)?.folder ?? (await aFolder());
    const friends = names.filter((other) => other !== name);
    // The gate keeps the address while the backend behind it comes and goes.
    const gate = this.#gates.get(name) ?? (await startGate());
    this.#gates.set(name, gate);
    const user = await startUser(name, {
      relay: this.#relay,
      friends,
      folder,
      config: { public_url: gate.url },
    });
    gate.leadTo(user.backend);
    this.#users.set(name, user);
  }

  /** An act that may well be refused, like sharing what is not there. */
  async act(name: Name, method: string, path: string, body?: unknown): Promise<void> {
    const { status } = await this.user(name).ask(method, `/api/v1/positions/ideas${path}`, body);
    expect(status).toBeLessThan(500);
  }

  text(): string {
    this.#n += 1;
    return `text ${this.#n}`;
  }

  async remember(name: Name): Promise<void> {
    const copy = join(await aFolder(), 'copy.sqlite');
    await this.user(name).stop();
    copyFileSync(join(this.user(name).folder, 'backend.sqlite'), copy);
    this.#copies.set(name, copy);
    await this.start(name);
  }

  async putBack(name: Name): Promise<void> {
    const copy = this.#copies.get(name);
    if (!copy) return;
    const user = this.user(name);
    await user.stop();
    for (const ending of ['-wal', '-shm'])
      rmSync(join(user.folder, `backend.sqlite${ending}`), { force: true });
    copyFileSync(copy, join(user.folder, 'backend.sqlite'));
    await this.start(name);
  }

  /** Nothing goes on by itself any more. */
  isQuiet(): boolean {
    return [...this.#users.values()].every(({ backend }) =>
      Object.values(backend.census().runnable).every((n) => n === 0),
    );
  }

  /** Everything that could be different between an owner and a reader, as text; empty where all agree. */
  async differences(): Promise<string[]> {
    const found: string[] = [];
    for (const owner of names) {
      const own = (await this.user(owner).positions()).filter(({ read_only }) => !read_only);
      for (const reader of names.filter((name) => name !== owner)) {
        const shared = own.filter(({ shared_with = [] }) => shared_with.some((id) => id === reader));
        const copies = (await this.user(reader).positions()).filter(({ owner_id }) => owner_id === owner);
        const [there, here] = [await this.#shown(owner, shared), await this.#shown(reader, copies)];
        if (there !== here) found.push(`${owner} shares ${there} with ${reader}, who has ${here}`);
      }
    }
    return found;
  }

  async #shown(name: Name, positions: Awaited<ReturnType<User['positions']>>): Promise<string> {
    const shown = positions
      .toSorted((one, other) => one.id.localeCompare(other.id))
      .map(async ({ id, version, notes }) => ({
        id,
        version,
        notes,
        comments: (
          await this.user(name)
            .comments(id)
            .catch(() => ['gone'])
        ).toSorted(),
      }));
    return JSON.stringify(await Promise.all(shown));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#users.values()].map((user) => user.stop()));
  }
}

const who = fc.constantFrom(...names);
const title = fc.constantFrom(...titles);
type Act = readonly [what: string, act: (world: World) => Promise<void>];

const sharing = fc
  .tuple(who, title, who)
  .map(
    ([owner, id, reader]): Act => [
      `${owner} shares ${id} with ${reader}`,
      (world) => world.act(owner, 'POST', `/${owner}-${id}/share`, { friend_ids: [reader] }),
    ],
  );
const updating = fc
  .tuple(who, title)
  .map(
    ([owner, id]): Act => [
      `${owner} changes ${id}`,
      (world) => world.act(owner, 'PATCH', `/${owner}-${id}`, { notes: world.text() }),
    ],
  );
const commenting = fc
  .tuple(who, who, title)
  .map(
    ([author, owner, id]): Act => [
      `${author} comments on ${owner}'s ${id}`,
      (world) => world.act(author, 'POST', `/${owner}-${id}/comments`, { text: world.text() }),
    ],
  );
const revoking = fc
  .tuple(who, title, who)
  .map(
    ([owner, id, reader]): Act => [
      `${owner} revokes ${id} from ${reader}`,
      (world) => world.act(owner, 'DELETE', `/${owner}-${id}/share/${reader}`),
    ],
  );
const remembering = who.map((name): Act => [`${name}'s database is copied`, (world) => world.remember(name)]);
const puttingBack = who.map(
  (name): Act => [`${name}'s database is put back`, (world) => world.putBack(name)],
);

const history = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: sharing },
    { weight: 5, arbitrary: updating },
    { weight: 5, arbitrary: commenting },
    { weight: 2, arbitrary: revoking },
    { weight: 2, arbitrary: remembering },
    { weight: 3, arbitrary: puttingBack },
  ),
  { minLength: 20, maxLength: 40, size: 'max' },
);

test('whatever three friends do, and whoever is put back to an earlier day, all copies come to be what their owners have', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (acts) => {
      await using world = new World(await startRelay());
      await Promise.all(names.map((name) => world.start(name)));
      for (const name of names) {
        for (const id of titles) await world.act(name, 'POST', '', { id: `${name}-${id}`, symbol: 'SAP' });
        const others = names.filter((other) => other !== name);
        await world.act(name, 'POST', `/${name}-one/share`, { friend_ids: others });
      }
      for (const [, act] of acts) await act(world);
      let left: string[] = [];
      await until(async () => {
        left = world.isQuiet() ? await world.differences() : ['not quiet'];
        return left.length === 0 && world.isQuiet();
      }).catch(() => expect(left).toEqual([]));
    }),
    { numRuns: 3, endOnFailure: true },
  );
}, 180_000);
