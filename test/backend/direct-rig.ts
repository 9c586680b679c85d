import { onTestFinished } from 'vitest';
import { openHop } from '../../src/stack/links/hop.ts';
import { aFolder, startUser, type User } from './rig.ts';

/** One user's place in a net without a relay: an address that stays, and a backend behind it that may come and go. */
export interface Place {
  readonly name: string;
  readonly url: string;
  start(): Promise<User>;
  /** What is dialled from now on leads nowhere. */
  hang(): void;
}

const nowhere = { host: '127.0.0.1', port: 1 };

/** Places whose addresses all of them know, and who calls whom a friend. */
export async function directNet<const Name extends string>(
  friends: Readonly<Record<Name, readonly string[]>>,
  config: Parameters<typeof startUser>[1]['config'] = {},
): Promise<Record<Name, Place>> {
  const names = Object.keys(friends);
  const hops = new Map(
    await Promise.all(
      names.map(async (name) => {
        const hop = await openHop(
          { id: name, listener: name, host: '127.0.0.1', port: 0 },
          { all: () => [], admit() {}, did() {} },
        );
        hop.forwardTo(nowhere);
        onTestFinished(() => hop[Symbol.asyncDispose]());
        return [name, hop] as const;
      }),
    ),
  );
  const urlOf = (name: string) => `http://127.0.0.1:${hops.get(name)?.port}`;
  const peersOf = (name: string) =>
    Object.fromEntries(names.filter((other) => other !== name).map((other) => [other, urlOf(other)]));
  const placeOf = async (name: Name): Promise<Place> => {
    const folder = await aFolder();
    return {
      name,
      url: urlOf(name),
      async start() {
        const user = await startUser(name, {
          relay: undefined,
          friends: friends[name],
          folder,
          config: { ...config, public_url: urlOf(name), peers: peersOf(name) },
        });
        hops.get(name)?.forwardTo({ host: '127.0.0.1', port: user.backend.port });
        return user;
      },
      hang: () => hops.get(name)?.forwardTo(nowhere),
    };
  };
  const places: Partial<Record<Name, Place>> = {};
  const isName = (name: string): name is Name => name in friends;
  for (const name of names.filter(isName)) places[name] = await placeOf(name);
  const isWhole = (some: Partial<Record<Name, Place>>): some is Record<Name, Place> =>
    names.every((n) => n in some);
  if (!isWhole(places)) throw new Error('a place is missing');
  return places;
}
