import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type UserId, userId } from '../../../src/protocol/ids.ts';
import type { JournalEntry } from '../../../src/protocol/records.ts';
import { backendAudience } from '../../../src/protocol/tokens.ts';
import { topologies as all, type Topology } from '../../../src/protocol/topology.ts';
import { holderOf } from '../../../src/stack/ports.ts';
import type { Stack } from '../../../src/stack/stack.ts';
import { startStack } from '../../../src/stack/start-stack.ts';
import { median, ratiosOf } from '../paired.ts';
import type { Measured, Row } from '../row.ts';
import { dialledBy } from '../servers/sockets-of.ts';

const users = ['alice', 'bob', 'carol', 'dave', 'erin'].map((name) => userId.parse(name));
const [alice = userId.parse('alice'), bob = userId.parse('bob')] = users;

/** In one round and topology; of several rounds there are far more than 200. */
const shares = 40;

interface Running extends AsyncDisposable {
  readonly topology: Topology;
  readonly connections: number;
  /** From alice's commit of a share to bob's of its copy, each by the same machine's clock: the median in ms. */
  share(): Promise<number>;
}

async function open(topology: Topology): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'collab-dev-bench-'));
  const stack = await startStack({
    topology,
    users: users.map((name) => ({
      name,
      displayName: name,
      friends: users.filter((other) => other !== name),
      acks: true,
    })),
    ports: 'auto',
    runId: 'bench',
    folder,
    graceMs: 300,
    links: true,
  });
  const stored = new Map<string, number>();
  const saved = new Map<string, number>();
  let look = () => {};
  stack.journal.subscribe((entries: readonly JournalEntry[]) => {
    for (const entry of entries) {
      if (entry.type !== 'step' || entry.kind !== 'position_shared') continue;
      if (entry.step === 'saved') saved.set(entry.event, entry.at);
      if (entry.step === 'stored' && entry.to === bob) stored.set(entry.event, entry.at);
    }
    look();
  });
  const post = await poster(stack, alice);
  let n = 0;

  async function one(): Promise<number> {
    n += 1;
    const id = `p-${n}`;
    await post('', { id, symbol: 'SAP' });
    const { event_ids: [event = ''] = [] } = await post(`/${id}/share`, { friend_ids: [bob] });
    const { promise, resolve } = Promise.withResolvers<void>();
    look = () => {
      if (stored.has(event) && saved.has(event)) resolve();
    };
    look();
    await promise;
    return (stored.get(event) ?? Number.NaN) - (saved.get(event) ?? Number.NaN);
  }

  for (let warm = 0; warm < 20; warm += 1) await one();
  return {
    topology,
    connections: await connectionsOf(stack),
    async share() {
      const took: number[] = [];
      for (let count = 0; count < shares; count += 1) took.push(await one());
      return median(took);
    },
    async [Symbol.asyncDispose]() {
      await stack[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function poster(stack: Stack, user: UserId) {
  const token = await stack.tokenFor(user, backendAudience(user));
  return async (path: string, body: unknown): Promise<{ event_ids?: string[] }> => {
    const response = await fetch(`${stack.urlOf(user)}/api/v1/positions/ideas${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    const ids =
      typeof answer === 'object' && answer !== null && 'event_ids' in answer ? answer.event_ids : [];
    return { event_ids: Array.isArray(ids) ? ids.map(String) : [] };
  };
}

/** Those that backends have dialled, to the relay or to one another; a hop on the way makes two sockets of each. */
function connectionsOf(stack: Stack): Promise<number> {
  const backends = stack.instances().filter(({ role }) => role === 'backend');
  const pids = [...new Set(backends.flatMap(({ pid }) => pid ?? []))];
  return portsOf(pids).then((ports) => dialledBy(pids, ports));
}

async function portsOf(pids: readonly number[]): Promise<ReadonlySet<number>> {
  const table = await readFile('/proc/net/tcp', 'utf8');
  const listening = table
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .filter(([, , , state]) => state === '0A')
    .map(([, local = '']) => Number.parseInt(local.split(':')[1] ?? '', 16));
  const owned = await Promise.all(listening.map(async (port) => ({ port, holder: await holderOf(port) })));
  return new Set(owned.flatMap(({ port, holder }) => (holder && pids.includes(holder.pid) ? [port] : [])));
}

/** What the topologies cost beside one another: the time from a share to its copy, and the connections they keep. */
export const topologies: Row = async ({ rounds, say }) => {
  await using resources = new AsyncDisposableStack();
  const running: Running[] = [];
  for (const topology of all) {
    say(`five friends, topology ${topology}`);
    running.push(resources.use(await open(topology)));
  }
  const taken = new Map<Topology, number[]>(running.map(({ topology }) => [topology, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const one of running) taken.get(one.topology)?.push(await one.share());
  }
  const msOf = (topology: Topology) => taken.get(topology) ?? [];
  const held = (topology: Topology) => running.find((one) => one.topology === topology)?.connections;
  return (['direct', 'single'] as const).map((topology): Measured => {
    const paired = msOf(topology).map((ours, index) => ({
      ours,
      theirs: msOf('relay')[index] ?? Number.NaN,
    }));
    const [ours, theirs] = [msOf(topology), msOf('relay')].map((ms) => median(ms).toFixed(1));
    return {
      what: `share to stored copy, ${topology} against relay`,
      aim: undefined,
      unit: '×',
      ratios: ratiosOf(paired, (one) => one),
      behind: `${ours} and ${theirs} ms; ${held(topology)} and ${held('relay')} connections of 5 friends`,
      doubts: [],
    };
  });
};
