import { writeFile } from 'node:fs/promises';
import { jwks } from '../../protocol/backend-rest.ts';
import { handshake } from '../../protocol/handshake.ts';
import type { Receipt } from '../../protocol/receipts.ts';
import { relayAudience } from '../../protocol/tokens.ts';
import type { Bench } from '../bench/bench.ts';
import { Blocked, type Check } from '../check.ts';
import { expectThat } from './expect.ts';

/** What it says of itself to the relay, and whether it comes back. */
export const relayChecks: readonly Check[] = [
  {
    id: 'relay.hello.address',
    level: 'must',
    section: '4',
    title: 'it registers its PUBLIC_URL as backend_url',
    async run(bench) {
      const { backend_url } = presenceOf(bench);
      const same =
        backend_url !== undefined && new URL(backend_url).origin === new URL(bench.owner.url).origin;
      expectThat(same, 'presence, as a friend sees it', { backend_url }, bench.owner.url);
    },
  },
  {
    id: 'relay.hello.peer-key',
    level: 'must',
    section: '4',
    title: 'it tells its peer key, the one of its JWKS',
    async run(bench) {
      const { peer_key } = presenceOf(bench);
      const { keys } = (await bench.owner.askAs({ path: '/.well-known/jwks.json' })).expect(200).as(jwks);
      const same = keys.some(({ x }) => x === peer_key?.x);
      expectThat(same, 'presence, as a friend sees it', { peer_key }, `one of ${JSON.stringify(keys)}`);
    },
  },
  {
    id: 'relay.hello.acks',
    level: 'should',
    section: '3',
    title: 'it declares acknowledgements: without them delivery to it is at most once',
    async run({ wire }) {
      const hello = wire.frames.all.findLast(({ name }) => name === 'hello');
      const said = handshake.pick({ acks: true }).safeParse(hello?.payload ?? {});
      expectThat(
        said.data?.acks === true,
        'the handshake',
        said.data ?? 'none that can be read',
        'acks: true',
      );
    },
  },
  {
    id: 'relay.friends-declared',
    level: 'must',
    section: '4',
    title: 'a new friend is declared to the relay at once, and one who is none any more is not',
    async run(bench) {
      const { owner, erin } = bench;
      const from = erin.line.presence.all.length;
      await owner.befriend(erin.name);
      const sees = await erin.line.presence.next(isOnline(bench), bench.withinMs, from);
      expectThat(
        sees !== undefined,
        `POST /api/v1/friends ${erin.name}, who has declared ${bench.user}`,
        `${erin.name} sees nothing of ${bench.user}`,
        `${erin.name} sees ${bench.user} online`,
      );
      await owner.unfriend(erin.name);
      const end = performance.now() + bench.withinMs;
      let told: Receipt | undefined;
      // What is under way when the friendship ends may still arrive; then nobody passes its answer on.
      while (told === undefined && performance.now() < end) {
        const { id, from } = erin.send(erin.revoked(erin.book.add(bench.id('late'))));
        const isSo = (one: Receipt) => one.id === id && one.stage === 'unavailable';
        told = await erin.line.receipts.next(isSo, 500, from);
      }
      const sent = `events of ${erin.name}, after DELETE of the friend`;
      expectThat(told !== undefined, sent, 'they are routed', 'unavailable');
    },
  },
  {
    id: 'relay.token-file',
    level: 'must',
    section: '4',
    title: 'after a lost connection it comes back, with the token that COLLAB_TOKEN_FILE holds by then',
    needs: ({ life }) =>
      life ? undefined : 'needs a backend that this command starts itself, for the file is made for it',
    async run(bench) {
      const { wire, tokenFile, authority, user, withinMs } = bench;
      const token = await authority.sign({ sub: user, aud: relayAudience, expiresInS: 7200 });
      await writeFile(tokenFile, token, { mode: 0o600 });
      const from = wire.tokens.all.length;
      wire.drop();
      const shown = await wire.tokens.next(() => true, Math.max(withinMs, 30_000), from);
      const sent = 'the connection lost, with another token in COLLAB_TOKEN_FILE';
      expectThat(shown !== undefined, sent, 'no new connection', 'a new connection');
      expectThat(shown === token, sent, 'another token', 'the one from the file');
    },
  },
];

const presenceOf = ({ alice, user }: Bench) => {
  const found = alice.line.presence.all.findLast(({ user_id }) => user_id === user);
  if (!found) throw new Blocked(`${alice.name} sees no presence of ${user}`);
  return found;
};

const isOnline =
  ({ user }: Bench) =>
  (presence: { readonly user_id: string; readonly status: string }): boolean =>
    presence.user_id === user && presence.status === 'online';
