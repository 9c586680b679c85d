import type { FaultInForce } from '../stack/stack.ts';
import { count, type Quietness, type Round, runnable, sum, touches, undelivered } from './quiet.ts';

/**
 * As `quietness`, where no relay counts the frames too. There a message is an exchange: whoever asks has it as work
 * until it is answered, and a recipient answers after its commit, so nothing is under way while nobody has work.
 * `processes` are those that must answer; who is away for another one that runs is about to be reached.
 */
export function quietnessWithoutRelay(
  first: Round,
  second: Round,
  processes: readonly string[],
  faults: readonly FaultInForce[],
): Quietness {
  const before = look(first, processes, faults);
  if (before.is !== 'settled') return before;
  const after = look(second, processes, faults);
  if (after.is !== 'settled') return after;
  if (before.print !== after.print) return { is: 'busy', because: 'something moved between the two rounds' };
  const links = count(after.links, 'link');
  return { is: 'quiet', proof: `quiet after 2 rounds, ${count(after.exchanges, 'exchange')} on ${links}` };
}

type Look =
  | { readonly is: 'settled'; readonly print: string; readonly exchanges: number; readonly links: number }
  | { readonly is: 'busy' | 'blocked'; readonly because: string };

function look(round: Round, processes: readonly string[], faults: readonly FaultInForce[]): Look {
  const { by } = round.census;
  const silent = processes.find((name) => by.get(name) === undefined);
  if (silent !== undefined) return { is: 'blocked', because: `${silent} cannot say what it has under way` };
  const all = processes.flatMap((name) => by.get(name) ?? []);
  const pages = all.flatMap((census) => census.pages);
  const busy = runnable(round) ?? undelivered(round, () => pages);
  if (busy !== undefined) return { is: 'busy', because: busy };

  const fault = faults[0];
  const apart = all
    .flatMap(({ away = [] }) => away)
    .find(({ from, to }) => !faults.some((one) => touches(one, from) || touches(one, to)));
  if (apart) return { is: 'busy', because: `${apart.from} has not reached ${apart.to}` };
  const parked = [...by].find(([, census]) => census && sum(census.parked) > 0);
  if (fault && parked) {
    const [name, census] = parked;
    const work = Object.entries(census?.parked ?? {}).find(([, n]) => n > 0);
    return {
      is: 'blocked',
      because: `${name} has ${work?.[1]} ${work?.[0]} waiting, and a ${fault.verb} is in force between ${fault.from} and ${fault.to}`,
    };
  }
  const links = all.flatMap((census) => census.links);
  return {
    is: 'settled',
    print: JSON.stringify([all, [...round.pages]]),
    exchanges: links.reduce((most, { sent }) => most + sent, 0),
    links: links.length,
  };
}
