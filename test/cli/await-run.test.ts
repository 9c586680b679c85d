import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventCame, quietCame, readyCame } from '../../src/cli/await-run.ts';
import { receiptsOf } from '../../src/cli/send-act.ts';
import type { ControlCommand, Snapshot } from '../../src/cli/supervisor/control-frames.ts';
import { openControlServer } from '../../src/cli/supervisor/control-server.ts';
import { eventId, positionId, userId } from '../../src/protocol/ids.ts';
import type { JournalEntry } from '../../src/protocol/records.ts';

const alice = userId.parse('alice');
const bob = userId.parse('bob');
const event = eventId.parse('01a203b4-edf0-703d-8428-109b13f9f943');

const ofEvent = {
  type: 'step',
  at: 1,
  process: 'alice',
  event,
  kind: 'position_shared',
  from: alice,
  position: positionId.parse('berlin-calls~12345678'),
} as const;
const saved: JournalEntry = { ...ofEvent, n: 1, step: 'saved', recipients: [bob] };
const routed: JournalEntry = { ...ofEvent, n: 2, step: 'settled', to: bob, stage: 'routed' };
const delivered: JournalEntry = { ...ofEvent, n: 3, step: 'settled', to: bob, stage: 'delivered' };

/** A supervisor without a stack: what it says is given. */
async function aSupervisor(entries: JournalEntry[], phase: Snapshot['phase'] = 'ready') {
  const folder = await mkdtempDisposable(join(tmpdir(), 'collab-dev-await-'));
  let now = phase;
  const asked: ControlCommand[] = [];
  const viewed = Promise.withResolvers<void>();
  const server = await openControlServer({
    path: join(folder.path, 'control.sock'),
    snapshot: () => ({
      type: 'snapshot',
      run_id: 'r1',
      pid: 1,
      detached: true,
      phase: now,
      instances: [],
      pages: {},
      faults: [],
      friends: { alice: ['bob'], bob: ['alice'], carol: [] },
      unacknowledged: [],
    }),
    journal: () => ({ first: 1, last: entries.length, since: (n) => entries.slice(n - 1) }),
    async command(command) {
      asked.push(command);
      return { text: 'quiet after 2 rounds' };
    },
    onView: viewed.resolve,
    onOwner() {},
    onOwnerGone() {},
  });
  return {
    run: { id: 'r1', path: folder.path },
    asked,
    viewed: viewed.promise,
    tell(entry: JournalEntry) {
      entries.push(entry);
      server.journalGrew();
    },
    become(next: Snapshot['phase']) {
      now = next;
      server.snapshotChanged();
    },
    close: () => server[Symbol.asyncDispose](),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder.remove();
    },
  };
}

const share = { event: 'position_shared', from: 'alice', to: 'bob', stage: 'delivered' };
const longMs = 60_000;

test('an event that came before counts, and one that is to come is waited for', async () => {
  await using supervisor = await aSupervisor([saved, routed]);
  const early = await eventCame(supervisor.run, { ...share, stage: 'saved' }, longMs);
  expect(early).toEqual({ text: `${event}  alice position_shared berlin-calls saved`, data: saved });
  const later = eventCame(supervisor.run, { ...share, event, about: 'berlin-calls' }, longMs);
  supervisor.tell(delivered);
  expect((await later).text).toBe(`${event}  alice → bob position_shared berlin-calls delivered`);
});

test('what came instead is told with what did not come in time', async () => {
  await using supervisor = await aSupervisor([saved, routed]);
  await expect(eventCame(supervisor.run, share, 2000)).rejects.toMatchObject({
    exit: 1,
    message:
      'No position_shared from alice to bob was delivered within 2 s.\nThere was:\n' +
      `  ${event}  alice → bob position_shared routed`,
  });
  await expect(eventCame(supervisor.run, { ...share, to: 'carol' }, 50)).rejects.toMatchObject({
    message: 'No position_shared from alice to carol was delivered within 50 ms.',
  });
});

test('a user whom the stack does not have is not waited for', async () => {
  await using supervisor = await aSupervisor([saved, routed]);
  await expect(eventCame(supervisor.run, { ...share, from: 'alise' }, longMs)).rejects.toMatchObject({
    exit: 2,
    message: 'This stack has no user "alise". Did you mean "alice"?',
    hint: 'There are alice, bob and carol.',
  });
  await expect(eventCame(supervisor.run, { ...share, to: 'nobody' }, longMs)).rejects.toMatchObject({
    code: 'no-user',
  });
});

test('who waits is told that the stack is gone, or has stopped', async () => {
  await using dying = await aSupervisor([]);
  const waiting = expect(eventCame(dying.run, share, longMs)).rejects.toMatchObject({
    code: 'stack-gone',
    exit: 3,
    message: 'Run r1 is gone: its supervisor has ended without a word.',
  });
  await dying.viewed;
  await dying.close();
  await waiting;

  await using stopping = await aSupervisor([], 'starting');
  const ready = expect(readyCame(stopping.run, longMs)).rejects.toMatchObject({
    code: 'stack-gone',
    exit: 3,
  });
  await stopping.viewed;
  stopping.become('stopped');
  await stopping.close();
  await ready;
});

test('ready and quiet are the supervisor’s word', async () => {
  await using supervisor = await aSupervisor([], 'starting');
  const ready = readyCame(supervisor.run, longMs);
  await supervisor.viewed;
  supervisor.become('ready');
  expect(await ready).toMatchObject({ text: 'run r1 is ready', data: { phase: 'ready' } });
  expect(await quietCame(supervisor.run, 700)).toMatchObject({ text: 'quiet after 2 rounds' });
  expect(supervisor.asked).toEqual([{ name: 'quiet', within_ms: 700 }]);
});

test('the last receipt is there when each recipient has an answer that is no step on the way', () => {
  const receipts = receiptsOf(() => true);
  expect(receipts.isDone([event])).toBe(false);
  receipts.take(saved);
  receipts.take(routed);
  expect(receipts.isDone([event])).toBe(false);
  receipts.take(delivered);
  expect(receipts.isDone([event])).toBe(true);
  expect(receipts.all()).toEqual([{ event, to: 'bob', stage: 'delivered' }]);
  expect(receipts.isDone([])).toBe(true);
});
