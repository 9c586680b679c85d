import { eventTypes } from '../protocol/events.ts';
import type { Topology } from '../protocol/topology.ts';
import type { Scenario } from './scenario.ts';

/** A step as its file says it, wherever in the file it stands. */
export interface SaidStep {
  readonly line: number;
  readonly text: string;
  readonly verb: string;
  readonly who: readonly string[];
  readonly object: unknown;
  readonly options: Readonly<Record<string, unknown>>;
}

interface Rule {
  readonly in: readonly Topology[];
  readonly says: string;
  readonly hits: (step: SaidStep) => boolean;
}

const faults: readonly string[] = ['cut', 'delay', 'throttle', 'drop', 'duplicate', 'reset'];
const words: readonly string[] = ['kill', 'start', 'restart', 'pause', 'resume', 'disconnect', 'connect'];
/** What a fault on a request between two backends can name. */
const requests: readonly string[] = [...eventTypes, 'fetch', 'resync', 'deliver'];

const relayOrParts = /^(redis|relay([.-]\d+)?)$/;
const names = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(names)
      : [];
const inside = (step: SaidStep, key: string): unknown =>
  typeof step.object === 'object' && step.object !== null ? Reflect.get(step.object, key) : undefined;

/** Which steps need something that a topology has not got, and how that is said. The first rule that hits counts. */
const rules: readonly Rule[] = [
  {
    in: ['direct', 'single'],
    says: 'there is no relay',
    hits: ({ who }) => who.some((name) => relayOrParts.test(name)),
  },
  {
    in: ['single'],
    says: 'all users are one process, and none of them can be stopped or cut off alone',
    hits: ({ verb }) => words.includes(verb),
  },
  {
    in: ['single'],
    says: 'there is no link between users',
    hits: ({ verb }) => faults.includes(verb) || verb === 'heal',
  },
  {
    in: ['direct'],
    says: 'there is no link to a relay',
    hits: (step) =>
      (faults.includes(step.verb) || step.verb === 'heal') &&
      names(step.object).some((name) => relayOrParts.test(name)),
  },
  {
    in: ['direct'],
    says: 'the messages between two backends are requests: an event, "deliver", "fetch" or "resync"',
    hits: (step) => {
      const type = inside(step, 'type');
      return faults.includes(step.verb) && typeof type === 'string' && !requests.includes(type);
    },
  },
  {
    in: ['direct', 'single'],
    says: 'a reply to a raw event is the word of a relay',
    hits: ({ verb, options }) => verb === 'emit' && options.outcome !== undefined,
  },
  {
    in: ['single'],
    says: 'a raw event goes over a connection of the user, and there is none',
    hits: ({ verb }) => verb === 'emit',
  },
  {
    in: ['direct'],
    says: 'a backend answers after its commit, so nothing is "routed" before it is delivered',
    hits: ({ options }) => options.until === 'routed',
  },
  {
    in: ['direct', 'single'],
    says: 'only a relay limits who sends',
    hits: ({ options }) => names(options.receipts).includes('limited'),
  },
  {
    in: ['direct', 'single'],
    says: 'there is no relay to be asked',
    hits: ({ verb, object }) => verb === 'http' && names(object).some((text) => text.includes('$relay')),
  },
  {
    in: ['direct', 'single'],
    says: 'there is no relay for which a token is',
    hits: ({ verb, options }) => verb === 'http' && options.token === 'relay',
  },
  {
    in: ['single'],
    says: 'nobody but the user has an address',
    hits: ({ verb, object }) =>
      verb === 'http' && names(object).some((text) => /share_url|\$[a-z-]+\.url/.test(text)),
  },
];

/** Why a scenario cannot be played in a topology, in a sentence that names the line; undefined: it makes sense there. */
export function senselessIn(scenario: Scenario, topology: Topology): string | undefined {
  if (topology === 'relay') return undefined;
  const here = `makes no sense in the topology ${topology}`;
  if (scenario.relays > 1) return `it ${here}: "relays" are nodes of one`;
  if (scenario.limits) return `it ${here}: "limits" are those of a relay`;
  for (const step of scenario.said) {
    const rule = rules.find((one) => one.in.includes(topology) && one.hits(step));
    if (rule) return `line ${step.line}, "${short(step.text)}", ${here}: ${rule.says}`;
  }
  return undefined;
}

/** The same where everything speaks TLS: no link can look into what passes it, or tell by it who dials. */
export function senselessUnderTls(scenario: Scenario): string | undefined {
  for (const step of scenario.said.filter(({ verb }) => faults.includes(verb))) {
    const reason = hiddenByTls(step);
    if (reason) return `line ${step.line}, "${short(step.text)}", is not possible under TLS: ${reason}`;
  }
  return undefined;
}

function hiddenByTls(step: SaidStep): string | undefined {
  const ends = ['from', 'to', 'between'].flatMap((key) => names(inside(step, key)));
  if (!ends.includes('relay')) return 'no link between two users can tell who dials';
  const picks = ['type', 'nth', 'chance'].some((key) => inside(step, key) !== undefined);
  return picks || step.verb === 'duplicate' ? 'no link can tell one message from another' : undefined;
}

/** The same with commands in the places of some users' backends. */
export function senselessWith(scenario: Scenario, foreign: readonly string[]): string | undefined {
  const raw = scenario.said.find(
    ({ verb, who }) => verb === 'emit' && who.some((one) => foreign.includes(one)),
  );
  return (
    raw &&
    `line ${raw.line}, "${short(raw.text)}", needs a connection of our own client, and the backend is a command of yours`
  );
}

const longest = 40;
const short = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
