import fc from 'fast-check';
import { commentId, eventId, type UserId } from '../../src/protocol/ids.ts';
import { asked } from './backend.ts';
import { type Disturbance, disturb } from './link.ts';
import { idOf, titles, users, type World } from './world.ts';

/** One thing that happens in a history, and how it is told when that history is shown. */
export interface Step {
  readonly story: string;
  readonly go: (world: World) => void;
}

type Title = (typeof titles)[number];

const step = (story: string, go: (world: World) => void): Step => ({ story, go });
const who = users.flatMap((one) =>
  users.filter((other) => other !== one).map((other) => [one, other] as const),
);
const each = <One>(of: readonly One[], make: (one: One) => Step | Step[]): Step[] => of.flatMap(make);
const owned = users.flatMap((owner) => titles.map((title) => [owner, title] as const));
const page = <Params, Body>(user: UserId, params: Params, body: Body) =>
  asked(params, { body, query: {}, caller: { user, kind: 'owner' } });

const sharing = each(who, ([owner, reader]) =>
  titles.map((title) =>
    step(`${owner} shares ${title} with ${reader}`, (world) => {
      world.act(owner, ({ handlers }) => {
        handlers.sharePosition(page(owner, { id: idOf(owner, title) }, { friend_ids: [reader] }));
      });
    }),
  ),
);

const sharingWithAll = each(owned, ([owner, title]) =>
  step(`${owner} shares ${title} with both others`, (world) => {
    const friend_ids = users.filter((user) => user !== owner);
    world.act(owner, ({ handlers }) => {
      handlers.sharePosition(page(owner, { id: idOf(owner, title) }, { friend_ids }));
    });
  }),
);

const updating = each(owned, ([owner, title]) =>
  step(`${owner} changes ${title}`, (world) => change(world, owner, title)),
);

function change(world: World, owner: UserId, title: Title): void {
  const n = world.number();
  const changed = n % 2 === 0 ? { notes: `note ${n}` } : { quantity: n };
  world.act(owner, ({ handlers }) => {
    handlers.updatePosition(page(owner, { id: idOf(owner, title) }, changed));
  });
}

const commenting = each(users, (author) =>
  owned.map(([owner, title]) =>
    step(`${author} comments on ${owner}'s ${title}`, (world) => comment(world, author, owner, title)),
  ),
);

function comment(world: World, author: UserId, owner: UserId, title: Title): void {
  const id = commentId.parse(`by-${author}-${world.number()}`);
  const position = idOf(owner, title);
  const done = world.act(author, ({ handlers }) => {
    handlers.addComment(page(author, { id: position }, { id, text: 'hello' }));
  });
  if (done) world.ledger.written.push({ author, owner, position, comment: id });
}

const revoking = each(who, ([owner, reader]) =>
  titles.map((title) =>
    step(`${owner} revokes ${title} from ${reader}`, (world) => {
      world.act(owner, ({ handlers }) => {
        handlers.revokeShare(page(owner, { id: idOf(owner, title), friend_id: reader }, undefined));
      });
    }),
  ),
);

const befriending = each(who, ([one, other]) =>
  step(`${one} befriends ${other}`, (world) => {
    world.act(one, ({ handlers }) => void handlers.befriend(page(one, {}, { user_id: other })));
  }),
);

const parting = each(who, ([one, other]) =>
  step(`${one} parts from ${other}`, (world) => {
    world.ledger.parted.add(`${one} of ${other}`);
    world.act(one, ({ handlers }) => void handlers.unfriend(page(one, { id: other }, undefined)));
  }),
);

const peeking = each(who, ([one, owner]) =>
  step(`${one} asks ${owner}'s backend for one`, (world) => {
    world.act(owner, ({ handlers }) => {
      const caller = { user: one, kind: 'peer' } as const;
      handlers.readPosition(asked({ id: idOf(owner, 'one') }, { body: undefined, query: {}, caller }));
    });
  }),
);

/** A backend of somebody's own making says to one friend what only the other, or that friend, may say. */
const forging = each(who, ([forger, victim]) => {
  const third = users.find((user) => user !== forger && user !== victim) ?? victim;
  const said = (of: UserId, author: UserId, name: string) => {
    const position_id = idOf(of, 'one');
    const user = { id: author, display_name: author };
    const comment = { id: commentId.parse(name), text: 'forged', user, created_at: '2026-01-01T00:00:00Z' };
    const updates = { notes: 'forged' };
    return {
      changes: { type: 'position_updated', data: { position_id, version: 99, from_version: 1, updates } },
      revokes: { type: 'share_revoked', data: { position_id } },
      'comments on': { type: 'comment_added', data: { position_id, comment } },
    } as const;
  };
  const forge = (what: keyof ReturnType<typeof said>, of: UserId, author: UserId) =>
    step(`${forger} tells ${victim} that ${author} ${what} ${of}'s one`, (world) => {
      const id = eventId.parse(`forged-${world.number()}`);
      world.ledger.forged.add(id);
      const event = { id, to_users: [victim], ...said(of, author, id)[what] };
      world.link(forger)?.say({ kind: 'submit', reply: () => {}, event });
    });
  return [
    forge('changes', third, third),
    forge('revokes', third, third),
    forge('comments on', third, third),
    forge('comments on', victim, third),
    forge('changes', victim, victim),
  ];
});

const disturbances: readonly Disturbance[] = ['lose', 'double', 'double late', 'delay'];
const words = {
  lose: 'is lost',
  double: 'comes twice',
  'double late': 'comes again, late',
  delay: 'is late',
};

const disturbing = each(users, (user) =>
  disturbances.flatMap((how) => [
    step(`a frame to ${user} ${words[how]}`, (world) => void disturb(world.link(user)?.toUser ?? [], how)),
    step(`a frame of ${user} ${words[how]}`, (world) => void disturb(world.link(user)?.toRelay ?? [], how)),
  ]),
);

const breaking = each(users, (user) => [
  step(`${user} is cut off`, (world) => world.cut(user, true)),
  step(`${user} is cut off, and the relay does not notice`, (world) => world.cut(user, false)),
  step(`${user} crashes`, (world) => {
    world.kill(user);
    world.start(user);
  }),
  step(`${user} is killed`, (world) => world.kill(user)),
  step(`${user} is started`, (world) => world.start(user)),
  step(`${user} will die before the next commit`, (world) => {
    world.disk(user).db.dieAt = 'commit';
  }),
  step(`${user} will die after the next commit`, (world) => {
    world.disk(user).db.dieAt = 'committed';
  }),
  step(`${user} is paused`, (world) => world.pause(user, true)),
  step(`${user} goes on`, (world) => world.pause(user, false)),
  step(`${user} is busy`, (world) => world.ledger.makeBusy(user, true)),
  step(`${user} does not read`, (world) => world.relay?.slow(user, true)),
  step(`${user} reads again`, (world) => world.relay?.slow(user, false)),
  step(`${user} is limited`, (world) => world.relay?.limit(user, 'connection')),
  step(`${user} is limited towards one`, (world) => world.relay?.limit(user, 'pair')),
]);

const remembering = each(users, (user) =>
  step(`${user}'s database is copied`, (world) => world.remember(user)),
);
const puttingBack = each(users, (user) => [
  step(`${user}'s database is put back`, (world) => world.putBack(user)),
  // Before anybody can have compared anything: versions are given a second time.
  step(`${user}'s database is put back, and ${user} changes both at once`, (world) => {
    world.putBack(user);
    for (const title of titles) change(world, user, title);
  }),
]);

const ofRelay = [
  step('the relay is killed', (world) => world.killRelay()),
  step('the relay is started', (world) => world.startRelay()),
  step('the relay is started anew', (world) => {
    world.killRelay();
    world.startRelay();
  }),
  step('a question between backends is lost', (world) => world.loseExchange()),
];

const going = [
  step('a little arrives', (world) => void world.arrive(3)),
  step('some of it arrives', (world) => void world.arrive(12)),
  step('all that is under way arrives', (world) => void world.arrive(200)),
  step('a moment passes', (world) => world.pass(50)),
  step('a while passes', (world) => world.pass(1500)),
  step('a moment passes, and all arrives', (world) => {
    world.pass(30);
    world.arrive(200);
    world.pass(120);
    world.arrive(200);
  }),
];

/** A day on which everything went well, to which databases can be put back. */
export const begin = step(
  'everybody has shared one with both others, and all databases are copied',
  (world) => {
    for (const { go } of sharingWithAll.filter((_step, index) => index % titles.length === 0)) go(world);
    for (let round = 0; round < 4; round += 1) {
      world.arrive(200);
      world.pass(30);
    }
    world.arrive(200);
    for (const user of users) world.remember(user);
  },
);

const weighed: readonly (readonly [weight: number, steps: readonly Step[]])[] = [
  [20, going],
  [7, sharing],
  [2, sharingWithAll],
  [7, updating],
  [7, commenting],
  [4, revoking],
  [2, befriending],
  [2, parting],
  [1, peeking],
  [1, forging],
  [6, disturbing],
  [7, breaking],
  [2, ofRelay],
];

const weighedWithCopies = [...weighed, [3, remembering], [4, puttingBack]] as const;

/** What may happen: acts, traffic and faults, half of it traffic and acts, or faults would find nothing to disturb. */
export const anyStep = of(weighed);
/** And databases that are put back to an earlier day. */
export const anyStepWithCopies = of(weighedWithCopies);

function of(kinds: typeof weighed): fc.Arbitrary<Step> {
  return fc.oneof(...kinds.map(([weight, steps]) => ({ weight, arbitrary: fc.constantFrom(...steps) })));
}
