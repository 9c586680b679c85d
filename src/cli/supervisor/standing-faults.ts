import { Problem } from '../../problem.ts';
import { leavesFor } from '../../scenario/leaves.ts';
import { didYouMean, listed } from '../../scenario/nearest.ts';
import { relayParts } from '../../scenario/reserved.ts';
import { valueComplaints } from '../../scenario/value-complaints.ts';
import { faultVerbs } from '../../scenario/verbs/index.ts';
import { inWords, whereIn } from '../../stack/fault-words.ts';
import type { FaultInForce, Stack } from '../../stack/stack.ts';
import type { ControlAnswer, Snapshot } from './control-frames.ts';

/** The faults that somebody lays on a running stack from outside of any scenario, with the names they were given. */
export interface StandingFaults extends Disposable {
  /**
   * Reads a fault as a step of a scenario is read, and lays it on its link.
   * @throws Problem with everything that is wrong with it
   */
  lay(verb: string, said: Readonly<Record<string, unknown>>, stack: Stack): Promise<ControlAnswer>;
  /**
   * Ends all faults, one by its name or id, or those with a name at either end.
   * @throws Problem where there is none
   */
  heal(which: string, stack: Stack): Promise<ControlAnswer>;
  /** What is in force, as views show it. */
  shown(stack: Pick<Stack, 'faults'>): Snapshot['faults'];
}

/** `onHealed`: one has ended by itself. */
export function standingFaults(onHealed: () => void): StandingFaults {
  const names = new Map<string, string>();
  const timers = new Set<NodeJS.Timeout>();

  /** Names of faults that a scenario or a time has ended are free again. */
  const inForce = (name: string, stack: Pick<Stack, 'faults'>): string | undefined => {
    const id = names.get(name);
    return stack.faults().some((fault) => fault.id === id) ? id : undefined;
  };

  function healLater(id: string, ms: number, stack: Stack): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      // It may have been healed before, and a stack that is going away has nothing left to heal.
      if (stack.faults().some((fault) => fault.id === id)) stack.heal({ id }).then(onHealed, () => {});
    }, ms);
    timers.add(timer);
  }

  function chosen(which: string, stack: Stack): Parameters<Stack['heal']>[0] {
    if (which === 'everyone') return which;
    const id = inForce(which, stack) ?? stack.faults().find((fault) => fault.id === which)?.id;
    return id === undefined ? { name: which } : { id };
  }

  return {
    async lay(name, said, stack) {
      const verb = faultVerbs.find((one) => one.name === name);
      if (!verb) throw noSuchFault(name);
      const leaves = leavesFor(vocabularyOf(stack));
      const read = verb.read(said, leaves);
      if ('issues' in read)
        throw notUnderstood(name, sentences(name, said, read.issues, verb.schema(leaves)));
      if (read.as !== undefined && inForce(read.as, stack)) throw nameTaken(read.as);
      const fault = await stack.impose(read.wanted(() => Math.floor(Math.random() * 2 ** 31)));
      if (read.as !== undefined) names.set(read.as, fault.id);
      if (read.forMs !== undefined) healLater(fault.id, read.forMs, stack);
      return { text: `${read.as ?? fault.id}: ${described(fault)}`, fault: fault.id };
    },
    async heal(which, stack) {
      const ended = await stack.heal(chosen(which, stack));
      if (ended.length === 0)
        throw nothingToHeal(which, [
          ...stack.faults().flatMap(({ id, from, to }) => [id, from, to]),
          ...names.keys(),
        ]);
      const texts = ended.map((fault) => `healed ${described(fault)}, ${touched(fault.touched)}`);
      return { text: texts.join('\n') };
    },
    shown: (stack) =>
      stack.faults().map((fault) => {
        const { id, verb, from, to, both } = fault;
        const how = inWords(fault);
        const [name] = [...names].find(([, known]) => known === id) ?? [];
        return { id, ...(name !== undefined && { name }), verb, from, to, both, ...(how && { how }) };
      }),
    [Symbol.dispose]() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** `cut alice ↔ relay`, `delay alice → relay (300 ms late)` */
function described(fault: FaultInForce): string {
  const how = inWords(fault);
  return `${fault.verb} ${whereIn(fault)}${how ? ` (${how})` : ''}`;
}

const touched = (times: number): string => `it touched ${times === 0 ? 'nothing' : times}`;

/** The names that a file for this stack would declare. */
const vocabularyOf = (stack: Stack) => ({
  users: [...stack.users],
  parts: relayParts(stack.instances().filter(({ role }) => role === 'relay').length || 1),
  positions: [],
  fixtures: [],
});

/** The complaints that the same words get in a file. */
const sentences = (
  verb: string,
  said: object,
  issues: Parameters<typeof valueComplaints>[0],
  schema: unknown,
) =>
  valueComplaints(issues, { of: verb, noun: 'option', value: said, schema }).map((one) =>
    one.replaceAll('of this file', 'of this stack'),
  );

const notUnderstood = (verb: string, complaints: readonly string[]) =>
  new Problem({
    code: 'bad-fault',
    message: complaints.join('\n'),
    hint: `"collab-dev fault ${verb} --help" lists what it can be told.`,
    exit: 2,
  });

const noSuchFault = (given: string) => {
  const known = faultVerbs.map(({ name }) => name);
  return new Problem({
    code: 'no-such-verb',
    message: `"${given}" is no fault.${didYouMean(given, known)}`,
    hint: `There are ${listed(known)}.`,
    exit: 2,
  });
};

const nameTaken = (name: string) =>
  new Problem({ code: 'name-taken', message: `A fault called "${name}" is in force already.`, exit: 2 });

const nothingToHeal = (which: string, known: readonly string[]) =>
  new Problem({
    code: 'nothing-to-heal',
    message:
      which === 'everyone'
        ? 'No fault is in force.'
        : `No fault is in force that is called "${which}", or at a name like that.${didYouMean(which, known)}`,
    exit: 5,
  });
