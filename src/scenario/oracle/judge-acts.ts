import type { Act } from '../acts.ts';
import { contentText } from './content-text.ts';
import { type Evidence, friendship, grants } from './evidence.ts';
import type { FindingName, OracleFinding } from './finding.ts';
import type { Ledger } from './ledger.ts';
import { type Resolution, resolve } from './resolve-act.ts';
import { isUndone } from './undone.ts';

/**
 * Holds every act against its own actor's database: what was answered with success must be there (`lost`), what was
 * refused must not (`phantom`), and what got no answer is looked up.
 */
export function judgeActs(evidence: Evidence): {
  readonly findings: readonly OracleFinding[];
  readonly resolved: readonly Resolution[];
} {
  const findings: OracleFinding[] = [];
  const resolved: Resolution[] = [];
  for (const act of evidence.acts) {
    const ledger = evidence.ledgers.get(act.user);
    switch (act.outcome.is) {
      case 'done':
        if (ledger && !isThere(act, ledger, evidence)) findings.push(finding('lost', act));
        break;
      case 'refused':
        if (ledger && happened(act, ledger, evidence)) findings.push(finding('phantom', act));
        break;
      case 'unknown':
        resolved.push({ act, was: ledger ? resolve(act, ledger, evidence) : 'not to be told' });
        break;
      default:
        act.outcome satisfies never;
    }
  }
  return { findings, resolved };
}

function finding(name: FindingName, act: Act): OracleFinding {
  const { user, what, deed } = act;
  const message =
    name === 'lost'
      ? `${user} was told that it is done to ${what}, and ${user}'s database does not have it.`
      : `${user} was refused to ${what}, and ${user}'s database has it all the same.`;
  const position = 'position' in deed ? deed.position : undefined;
  return { name, message, certain: true, user, position, act };
}

/** Is everything that a successful act promised in the database, as far as no other act has undone it? */
function isThere(act: Act, ledger: Ledger, evidence: Evidence): boolean {
  const { deed, outcome } = act;
  if (outcome.is !== 'done') return true;
  switch (deed.do) {
    case 'share':
      return deed.with.every(
        (reader) => grants(ledger, deed.position, reader) || isUndone(act, reader, evidence),
      );
    case 'revoke':
      return !grants(ledger, deed.position, deed.from) || isUndone(act, deed.from, evidence);
    case 'befriend':
      return friendship(ledger, deed.friend) === 'friend' || isUndone(act, deed.friend, evidence);
    case 'unfriend':
      return friendship(ledger, deed.friend) !== 'friend' || isUndone(act, deed.friend, evidence);
    case 'comment': {
      const { comment } = outcome;
      const held = ledger.positions.find(({ id }) => id === deed.position);
      const written = ledger.comments.some(({ id }) => id === comment);
      // A copy takes its thread along; the row that carried the comment away stays.
      const sent = ledger.outbox.some((row) => row.comment === comment);
      return comment === undefined || written || sent || held?.state !== 'own';
    }
    case 'update': {
      const held = ledger.positions.find(({ id }) => id === deed.position);
      if (!held || outcome.version === undefined) return held !== undefined;
      if (held.version !== outcome.version) return held.version > outcome.version;
      return saysAll(held.content, deed.set);
    }
    case 'emit':
    case 'request':
      return true;
    default:
      return deed satisfies never;
  }
}

/** Does a position say what a change has set? */
function saysAll(content: string | undefined, set: object): boolean {
  if (content === undefined) return false;
  const now: unknown = JSON.parse(content);
  return typeof now === 'object' && now !== null && contentText({ ...now, ...set }) === content;
}

/** Did a refused act happen, and nothing else can have done the same? */
function happened(act: Act, ledger: Ledger, { acts, befriended }: Evidence): boolean {
  const { deed, user } = act;
  const others = acts.filter((one) => one.user === user && one !== act && one.outcome.is !== 'refused');
  if (others.some((one) => one.deed.do === 'request')) return false;
  switch (deed.do) {
    case 'share':
      return deed.with.some(
        (reader) =>
          grants(ledger, deed.position, reader) &&
          !others.some(
            ({ deed: one }) =>
              one.do === 'share' && one.position === deed.position && one.with.includes(reader),
          ),
      );
    case 'comment':
      return (
        ledger.comments.some(
          ({ position, author, text }) => position === deed.position && author === user && text === deed.text,
        ) &&
        !others.some(
          ({ deed: one }) => one.do === 'comment' && one.position === deed.position && one.text === deed.text,
        )
      );
    case 'update': {
      const held = ledger.positions.find(({ id }) => id === deed.position);
      const updates = others.filter(({ deed: one }) => one.do === 'update' && one.position === deed.position);
      // Every update counts one version up from the first; a copy is its owner's to change.
      return held?.state === 'own' ? held.version > 1 + updates.length : false;
    }
    case 'befriend':
      return (
        friendship(ledger, deed.friend) === 'friend' &&
        !befriended.get(user)?.includes(deed.friend) &&
        !others.some(({ deed: one }) => one.do === 'befriend' && one.friend === deed.friend)
      );
    case 'revoke':
    case 'unfriend':
    case 'emit':
    case 'request':
      return false;
    default:
      return deed satisfies never;
  }
}
