import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { FairTurns, Intake } from '../../src/relay/intake.ts';
import { anEvent, friends, startRelay, tokenFor } from './rig.ts';
import { until } from './two-nodes-rig.ts';

/** A source that says what it was told. */
function aSource() {
  const told: string[] = [];
  return { told, pause: () => void told.push('pause'), resume: () => void told.push('resume') };
}

test('who waits is served one frame after the other, and read again when nothing waits', async () => {
  const turns = new FairTurns();
  const [alices, bobs] = [aSource(), aSource()];
  const alice = new Intake(turns, alices);
  const bob = new Intake(turns, bobs);
  const done: string[] = [];
  expect(alice.mayNow()).toBe(true);
  for (const one of ['a1', 'a2', 'a3']) alice.later(() => done.push(one));
  bob.later(() => done.push('b1'));
  // Nothing overtakes what waits on its own connection.
  expect([alice.mayNow(), done]).toEqual([false, []]);
  await until('all are served', () => done.length === 4);
  expect(done).toEqual(['a1', 'b1', 'a2', 'a3']);
  expect([alices.told.at(-1), bobs.told.at(-1)]).toEqual(['resume', 'resume']);
});

test('those who had to be held are read one at a time, after everybody else', async () => {
  const turns = new FairTurns();
  const order: string[] = [];
  const sources = ['mallory', 'trent'].map((name) => ({ pause() {}, resume: () => order.push(name) }));
  const suspects = sources.map((source) => new Intake(turns, source));
  for (const suspect of suspects) suspect.hold(1);
  const alice = new Intake(turns, { pause() {}, resume: () => order.push('alice') });
  await until('the holds are over', () => order.length === 2);
  // The time of the turn is up.
  alice.mayNow();
  for (const intake of [...suspects, alice]) intake.later(() => {});
  await until('all are read again', () => order.length === 5);
  expect(order[2]).toBe('alice');
});

test('the end of a connection comes after what waits, unless nobody wants that any more', () => {
  const turns = new FairTurns();
  const done: string[] = [];
  const alice = new Intake(turns, aSource());
  for (const one of ['a1', 'a2']) alice.later(() => done.push(one));
  alice.finish();
  const bob = new Intake(turns, aSource());
  bob.later(() => done.push('b1'));
  bob.drop();
  expect([done, alice.isWaiting, bob.isWaiting]).toEqual([['a1', 'a2'], false, false]);
});

test('who is held is not read, also when nothing waits any more', () => {
  const source = aSource();
  const alice = new Intake(new FairTurns(), source);
  alice.hold(60_000);
  alice.later(() => {});
  alice.finish();
  expect(source.told).not.toContain('resume');
});

test('who cannot be paused fills no memory', () => {
  const alice = new Intake(new FairTurns(), undefined);
  let done = 0;
  for (let n = 0; n < 5000; n += 1) {
    alice.later(() => {
      done += 1;
    });
  }
  expect(done).toBeGreaterThan(3000);
});

test.each(['a stock client', 'a plain socket'])(
  'a rush of %s is answered whole and in order',
  async (face) => {
    const relay = await startRelay();
    const { alice, bob } = await friends(relay);
    const ids = Array.from({ length: 900 }, (_, n) => `e${n}`);
    if (face === 'a stock client') {
      for (const id of ids) alice.socket.emit('collab_event', anEvent({ id }));
    } else {
      alice.socket.disconnect();
      const url = `${relay.url.replace('http', 'ws')}/ws/alice?friends=bob&token=${await tokenFor('alice')}`;
      const socket = new WebSocket(url);
      await new Promise((resolve) => socket.once('open', resolve));
      socket.send('{"type":"hello"}');
      // Greeted: what comes with the end of who is still being looked at is nobody's yet.
      await new Promise((resolve) => socket.once('message', resolve));
      for (const id of ids) socket.send(JSON.stringify(anEvent({ id })));
      // At once: what it has sent counts all the same.
      socket.close();
    }
    await until('all have come', () => bob.named('collab_event').length === ids.length);
    expect(bob.named('collab_event')).toEqual(ids.map((id) => expect.objectContaining({ id })));
  },
);
