import { once } from 'node:events';
import { mkdir, mkdtempDisposable, readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { type ControlClientOptions, openControlClient } from '../../src/cli/supervisor/control-client.ts';
import type { Snapshot } from '../../src/cli/supervisor/control-frames.ts';
import { type ControlServerOptions, openControlServer } from '../../src/cli/supervisor/control-server.ts';
import { findControlAddress, makeControlAddress } from '../../src/cli/supervisor/socket-path.ts';
import { Problem } from '../../src/problem.ts';
import type { JournalEntry } from '../../src/protocol/records.ts';

const snapshot: Snapshot = {
  type: 'snapshot',
  run_id: 'r1',
  pid: 1,
  detached: false,
  phase: 'ready',
  instances: [],
  pages: {},
  faults: [],
  friends: {},
  unacknowledged: [],
};
const note = (n: number, text = 'x'): JournalEntry => ({
  type: 'note',
  at: n,
  level: 'info',
  code: 'test',
  text,
  n,
  process: 'alice',
});

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

/** In bytes, without what is only not collected yet. */
function heapUsed(): number {
  if (typeof collect === 'function') collect();
  return process.memoryUsage().heapUsed;
}

/** A journal that grows by hand. */
function aJournal(length: number, text?: string) {
  const entries = Array.from({ length }, (_, index) => note(index + 1, text));
  return {
    entries,
    first: 1,
    get last() {
      return entries.length;
    },
    since: (n: number) => entries.slice(n - 1),
  };
}

async function aServer(options: Partial<ControlServerOptions> = {}) {
  const folder = await mkdtempDisposable(join(tmpdir(), 'collab-dev-control-'));
  const path = join(folder.path, 'control.sock');
  const server = await openControlServer({
    path,
    snapshot: () => snapshot,
    journal: () => undefined,
    command: async () => ({}),
    onOwner: () => {},
    onOwnerGone: () => {},
    ...options,
  });
  return {
    path,
    server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder.remove();
    },
  };
}

/** A view that collects what it gets and can wait for a journal number. */
async function aView(path: string, options: Partial<ControlClientOptions> = {}) {
  const seen: JournalEntry[] = [];
  const snapshots: Snapshot[] = [];
  let changed = Promise.withResolvers<void>();
  const change = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const client = await openControlClient({
    path,
    role: 'viewer',
    from: 1,
    onSnapshot: (one) => {
      snapshots.push(one);
      change();
    },
    onEntries: (entries) => {
      seen.push(...entries);
      change();
    },
    ...options,
  });
  return {
    client,
    seen,
    snapshots,
    async until(done: () => boolean) {
      while (!done()) await changed.promise;
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

test('a view gets the snapshot at once, and the journal from the number that it names', async () => {
  const journal = aJournal(5);
  await using rig = await aServer({ journal: () => journal });
  await using view = await aView(rig.path, { from: 3 });
  await view.until(() => view.seen.length === 3);
  expect(view.snapshots).toEqual([snapshot]);
  expect(view.seen.map(({ n }) => n)).toEqual([3, 4, 5]);

  journal.entries.push(note(6));
  rig.server.journalGrew();
  await view.until(() => view.seen.length === 4);
  expect(view.seen.at(-1)).toEqual(note(6));
});

test('a view that does not read costs no more than a buffer, and catches up from its number', async () => {
  const journal = aJournal(0);
  await using rig = await aServer({ journal: () => journal });
  await using view = await aView(rig.path);
  await view.until(() => view.snapshots.length === 1);
  view.client.pause();

  const before = heapUsed();
  const filler = 'x'.repeat(1000);
  for (let n = 1; n <= 20_000; n += 1) {
    journal.entries.push(note(n, filler));
    rig.server.journalGrew();
  }
  // The entries share one text: 20 MB would stand here if each frame were kept for the view.
  expect(heapUsed() - before).toBeLessThan(15_000_000);

  view.client.resume();
  await view.until(() => view.seen.length === 20_000);
  expect(view.seen.every(({ n }, index) => n === index + 1)).toBe(true);
});

test('a command is answered, and a refused one with its problem', async () => {
  await using rig = await aServer({
    async command(command) {
      if (command.name === 'stop' && command.force)
        throw new Problem({ code: 'no', message: 'Not now.', hint: 'Later.', exit: 2 });
      return { text: 'Done.' };
    },
  });
  await using view = await aView(rig.path);
  await expect(view.client.command({ name: 'stop', force: false })).resolves.toEqual({ text: 'Done.' });
  await expect(view.client.command({ name: 'stop', force: true })).rejects.toMatchObject({
    code: 'no',
    message: 'Not now.',
    hint: 'Later.',
    exit: 2,
  });
});

test('whoever may dial may act, also beside the owner, who is one', async () => {
  const asked: string[] = [];
  await using rig = await aServer({
    async command({ name }) {
      asked.push(name);
      return { text: 'Done.' };
    },
  });
  await using owner = await aView(rig.path, { role: 'owner' });
  await owner.until(() => owner.snapshots.length === 1);
  await using viewer = await aView(rig.path);
  await viewer.until(() => viewer.snapshots.length === 1);
  await expect(owner.client.command({ name: 'kill', instance: 'bob' })).resolves.toEqual({ text: 'Done.' });
  await expect(viewer.client.command({ name: 'start', instance: 'bob' })).resolves.toEqual({ text: 'Done.' });
  expect(asked).toEqual(['kill', 'start']);

  await using second = await aView(rig.path, { role: 'owner' });
  await second.client.closed;
  expect(second.snapshots).toEqual([]);
});

test('a view that wants only what is new gets nothing of the past', async () => {
  const journal = aJournal(5);
  await using rig = await aServer({ journal: () => journal });
  await using view = await aView(rig.path, { from: 0 });
  await view.until(() => view.snapshots.length === 1);
  journal.entries.push(note(6));
  rig.server.journalGrew();
  await view.until(() => view.seen.length === 1);
  expect(view.seen).toEqual([note(6)]);
});

test('a command knows when whoever gave it has hung up', async () => {
  const hungUp = Promise.withResolvers<void>();
  await using rig = await aServer({
    command: (_, gone) =>
      new Promise(() => gone.addEventListener('abort', () => hungUp.resolve(), { once: true })),
  });
  const view = await aView(rig.path);
  view.client.command({ name: 'stop', force: false }).catch(() => {});
  await view.until(() => view.snapshots.length === 1);
  await view[Symbol.asyncDispose]();
  await hungUp.promise;
});

test('the lease ends with the owner’s socket, and no viewer’s', async () => {
  const gone = Promise.withResolvers<void>();
  let owners = 0;
  await using rig = await aServer({
    onOwner: () => {
      owners += 1;
    },
    onOwnerGone: gone.resolve,
  });
  const viewer = await aView(rig.path);
  const owner = await aView(rig.path, { role: 'owner' });
  await viewer.until(() => viewer.snapshots.length === 1);
  await owner.until(() => owner.snapshots.length === 1);
  await viewer[Symbol.asyncDispose]();
  expect(owners).toBe(1);
  await owner[Symbol.asyncDispose]();
  await gone.promise;
});

test('a command that waits is told when the supervisor goes', async () => {
  const rig = await aServer({ command: () => new Promise(() => {}) });
  await using view = await aView(rig.path);
  await view.until(() => view.snapshots.length === 1);
  const reply = view.client.command({ name: 'stop', force: false });
  const refused = expect(reply).rejects.toMatchObject({ code: 'supervisor-gone' });
  await rig[Symbol.asyncDispose]();
  await refused;
  await view.client.closed;
});

test.each(['not json', '{"type":"hello","version":99,"role":"owner","from":1}', '{"type":"dance"}'])(
  'whoever says %s is hung up on',
  async (line) => {
    await using rig = await aServer();
    const socket = connect(rig.path);
    socket.write(`${line}\n`);
    socket.resume();
    await once(socket, 'close');
  },
);

test('a long run folder keeps a link to a socket in the temporary folder', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'collab-dev-long-'));
  const deep = join(folder.path, 'x'.repeat(100));
  await mkdir(deep);
  {
    await using address = await makeControlAddress(deep, tmpdir());
    expect(Buffer.byteLength(address.path)).toBeLessThan(104);
    expect(await findControlAddress(deep)).toBe(address.path);
    await using server = await openControlServer({
      path: address.path,
      snapshot: () => snapshot,
      journal: () => undefined,
      command: async () => ({}),
      onOwner: () => {},
      onOwnerGone: () => {},
    });
    await using view = await aView(await findControlAddress(deep));
    await view.until(() => view.snapshots.length === 1);
    void server;
  }
  expect(await readdir(deep)).toEqual([]);
});

test('a short one holds the socket itself', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'collab-dev-short-'));
  await using address = await makeControlAddress(folder.path, tmpdir());
  expect(address.path).toBe(join(folder.path, 'control.sock'));
  expect(await findControlAddress(folder.path)).toBe(address.path);
});
