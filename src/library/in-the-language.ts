import { Problem } from '../problem.ts';
import { isMap } from '../scenario/is-map.ts';
import { didYouMean, listed } from '../scenario/nearest.ts';
import { type Fixtures, parseScenario } from '../scenario/parse.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { faultVerbs } from '../scenario/verbs/index.ts';
import type { Duration } from './data-types.ts';
import type { StackOptions, Step } from './stack-types.ts';

/** What stands above the steps of a scenario file, as a plain value. */
export type Header = Readonly<Record<string, unknown>>;

/** The name of the file that there is not, in sentences and in the journal. */
const noFile = 'startStack';

/** A header of the scenario language for what a test asks for. */
export function headerOf<Name extends string>(options: StackOptions<Name>): Header {
  const { users, friends, positions, topology, relays, limits, grace, sweep, seed, ...others } = options;
  // What is no part of a header; whatever else there is, its parser complains about.
  const { pages: _, tls: _tls, ports: _ports, folder: _folder, signal: _signal, ...unknown } = others;
  return withoutUndefined({
    ...unknown,
    scenario: noFile,
    users: isMap(users) ? withoutBackends(users) : users,
    friends,
    positions: positions && ownWords(positions),
    topology,
    relays,
    limits,
    grace: durationOf(grace),
    sweep: durationOf(sweep),
    seed,
    // A test takes as long as its runner lets it.
    timeout: '1440m',
    unexpected: 'ignore',
  });
}

/** Which backend somebody has is not said in a scenario, but beside it. */
const withoutBackends = (users: object): unknown =>
  Object.fromEntries(
    Object.entries(users).map(([name, settings]: [string, unknown]) => {
      if (!isMap(settings)) return [name, settings];
      const { backend: _, ...others } = settings;
      return [name, others];
    }),
  );

/**
 * Steps as the parser of scenario files reads them, so that a test and a file can say the same and are told the same
 * about a slip. JSON is YAML.
 * @throws Problem with everything that is wrong
 */
export function parseSteps(header: Header, steps: readonly Step[], fixtures: Fixtures): Scenario {
  const text = JSON.stringify({ ...header, steps });
  const parsed = parseScenario(noFile, text, fixtures);
  if (parsed.ok) return parsed.scenario;
  throw notValid(parsed.complaints.map(({ message, hint }) => [message, hint].filter(Boolean).join(' ')));
}

/** @throws Problem for a word that the language has no fault for */
export function mustBeFault(verb: string): void {
  const known = faultVerbs.map(({ name }) => name);
  if (!known.includes(verb)) throw noSuchFault(verb, known);
}

/** A text of a test is only text: what a file would take for the name of something is doubled. */
export function ownWords(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(ownWords);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  // A regular expression is never looked into.
  return Object.fromEntries(entries.map(([key, inner]) => [key, key === '$regex' ? inner : ownWords(inner)]));
}

export const durationOf = (duration: Duration | undefined): string | undefined =>
  typeof duration === 'number' ? `${duration}ms` : duration;

export const withoutUndefined = (value: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined));

const noSuchFault = (given: string, known: readonly string[]) =>
  new Problem({
    code: 'not-valid',
    message: `"${given}" is no fault.${didYouMean(given, known)} There are ${listed(known)}.`,
    exit: 2,
  });

const notValid = (complaints: readonly string[]) =>
  new Problem({
    code: 'not-valid',
    message: complaints
      .join('\n')
      .replaceAll('of this file', 'of this test')
      .replaceAll(/\ba scenario file\b/gi, noFile),
    exit: 2,
  });
