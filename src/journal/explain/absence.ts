import type { JournalEntry } from '../../protocol/records.ts';
import { listed, recordWords } from '../record-words.ts';
import { codeWords } from '../words.ts';
import { type Chronicle, isDown } from './chronicle.ts';

/** A clause, with the records that it rests on. */
export interface Clause {
  readonly words: string;
  readonly shown: readonly JournalEntry[];
}

/** Why a user's backend had no connection to the relay at `n`, as far as the journal knows; undefined where it had. */
export function whyAbsent(user: string, n: number, chronicle: Chronicle): Clause | undefined {
  const own = chronicle.process(user, n);
  if (own && isDown(own)) return { words: `${user}'s backend: ${recordWords(own)}`, shown: [own] };
  const faults = chronicle.faults(user, n);
  const connection = chronicle.connection(user, n);
  if (faults.length > 0 && connection?.state !== 'connected') {
    return {
      words: faults.map(recordWords).join(', '),
      shown: connection ? [...faults, connection] : faults,
    };
  }
  if (!connection) return undefined;
  if (connection.state === 'connected') return undefined;
  const code = connection.code === undefined ? '' : ` (${codeWords(connection.code)})`;
  const how = connection.state === 'refused' ? 'the relay refused it' : 'its connection was lost';
  return { words: `${how}${code}`, shown: [connection] };
}

/** Why an event did not reach the relay from its sender's backend, looking from `n` on. */
export function whyNotSent(from: string, n: number, chronicle: Chronicle): Clause | undefined {
  const relays = chronicle.relays.flatMap((name) => chronicle.process(name, n) ?? []);
  const down = relays.filter(isDown);
  if (down.length > 0 && down.length === relays.length) {
    return { words: `the relay is not there (${down.map(recordWords).join(', ')})`, shown: down };
  }
  const absent = whyAbsent(from, n, chronicle);
  if (absent) return { words: `${from} had no connection: ${absent.words}`, shown: absent.shown };
  const later = chronicle.downAfter([from, ...chronicle.relays], n);
  return later && { words: `before it could, ${recordWords(later)}`, shown: [later] };
}

/** Which side has not named the other, at `n`; only the relay tells of lists, so without one neither is known. */
export function whyNotFriends(from: string, to: string, n: number, chronicle: Chronicle): Clause {
  const sides = [
    { who: from, whom: to, list: chronicle.friends(from, n) },
    { who: to, whom: from, list: chronicle.friends(to, n) },
  ];
  const shown = sides.flatMap(({ list }) => (list ? [list] : []));
  const silent = sides.filter(({ list, whom }) => list && !list.friends.some((one) => one === whom));
  const unseen = sides.filter(({ list }) => !list).map(({ who }) => who);
  const [one, other] = silent;
  if (one && other) return { words: `neither ${from} nor ${to} has named the other`, shown };
  if (one) return { words: `${one.who} has not named ${one.whom}`, shown };
  const words = unseen.length > 0 ? `whom ${listed(unseen)} named was not seen` : 'one of them had just left';
  return { words, shown };
}
