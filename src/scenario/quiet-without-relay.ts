import type { FaultInForce } from '../stack/stack.ts';
import {
  count,
  heldUp,
  type Look,
  overTwoRounds,
  type Quietness,
  type Round,
  runnable,
  touches,
  undelivered,
} from './rounds.ts';

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
  return overTwoRounds([first, second], (round) => look(round, processes, faults), 'something');
}

function look(round: Round, processes: readonly string[], faults: readonly FaultInForce[]): Look {
  const { by } = round.census;
  const silent = processes.find((name) => by.get(name) === undefined);
  if (silent !== undefined) return { is: 'blocked', because: `${silent} cannot say what it has under way` };
  const all = processes.flatMap((name) => by.get(name) ?? []);
  const pages = all.flatMap((census) => census.pages);
  const busy = runnable(round) ?? undelivered(round, () => pages);
  if (busy !== undefined) return { is: 'busy', because: busy };

  const apart = all
    .flatMap(({ away = [] }) => away)
    .find(({ from, to }) => !faults.some((one) => touches(one, from) || touches(one, to)));
  if (apart) return { is: 'busy', because: `${apart.from} has not reached ${apart.to}` };
  const held = heldUp(round, faults);
  if (held !== undefined) return { is: 'blocked', because: held };
  const links = all.flatMap((census) => census.links);
  return {
    is: 'settled',
    print: JSON.stringify([all, [...round.pages]]),
    moved: count(
      links.reduce((most, { sent }) => most + sent, 0),
      'exchange',
    ),
    links: links.length,
  };
}
