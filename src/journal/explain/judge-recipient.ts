import type { JournalEntry } from '../../protocol/records.ts';
import { recordWords, withdrawnWords } from '../record-words.ts';
import { codeWords, routingWords, scopeWords } from '../words.ts';
import { whyAbsent, whyNotFriends, whyNotSent } from './absence.ts';
import type { Chronicle, StepEntry } from './chronicle.ts';
import type { Evidence, Judgement } from './explanation.ts';

type Step<Name extends StepEntry['step']> = Extract<StepEntry, { readonly step: Name }>;
type LinkFault = Extract<JournalEntry, { readonly type: 'link_fault' }>;

/** One event on its way to one candidate, in the order of the journal. */
export interface Way {
  readonly from: string;
  readonly to: string;
  /** The event's steps that concern this recipient. */
  readonly steps: readonly StepEntry[];
  /** What faults did to the frames that carried it between these two. */
  readonly faults: readonly LinkFault[];
  readonly chronicle: Chronicle;
}

/**
 * What became of an event for one candidate: the strongest thing that is known. The recipient's own word comes first,
 * then what the sender's outbox says for good, then where its last attempt ended. What is missing proves nothing.
 */
export function judgeRecipient(way: Way): Judgement {
  return byRecipient(way) ?? bySender(way) ?? byLastAttempt(way);
}

function byRecipient({ from, to, steps, chronicle }: Way): Judgement | undefined {
  const committed = lastOf(steps, 'committed');
  if (!committed) return undefined;
  const { outcome, code } = committed;
  if (outcome !== 'applied') return refusal(outcome, code, [committed], to);
  const fetched = lastOf(steps, 'fetched');
  const stored = lastOf(steps, 'stored');
  if (stored) return judged('delivered', 'delivered and stored', [committed, stored]);
  if (!fetched || (fetched.status !== undefined && fetched.status < 300 && fetched.code === undefined)) {
    return judged('delivered', 'delivered', [committed]);
  }
  const revoke = chronicle.revokes.find(
    (one) =>
      one.step === 'saved' &&
      one.from === from &&
      one.position === committed.position &&
      one.recipients.some((other) => other === to),
  );
  if (revoke) {
    const words = `revoked before ${to}'s backend had fetched it`;
    return judged('revoked', words, [committed, fetched, revoke]);
  }
  return judged('delivered', `delivered, but ${recordWords(fetched)}`, [committed, fetched], {
    ...(fetched.code !== undefined && { code: fetched.code }),
  });
}

function bySender({ to, steps }: Way): Judgement | undefined {
  const said = steps.findLast(
    (step): step is Step<'settled'> =>
      step.step === 'settled' && ['delivered', 'refused', 'quarantined'].includes(step.stage),
  );
  if (said?.stage === 'delivered') return judged('delivered', 'delivered', [said]);
  if (said?.stage === 'refused' || said?.stage === 'quarantined') {
    const rejected = lastOf(steps, 'rejected');
    if (said.stage === 'refused' && rejected) return rejection(rejected, [said]);
    return refusal(said.stage, said.code, [said], to);
  }
  const withdrawn = lastOf(steps, 'withdrawn');
  if (withdrawn) {
    const { why, into } = withdrawn;
    const words = `${why}: ${withdrawnWords[why]}${into === undefined ? '' : `, ${into}`}`;
    return judged(why, words, [withdrawn], { ...(into !== undefined && { into }) });
  }
  const final = steps.find((step) => step.step === 'settled' && step.stage === 'routed' && step.final);
  if (!final) return undefined;
  const words = `handed over; ${to}'s backend does not acknowledge, so more is not known`;
  return judged('handed_over', words, [final]);
}

function byLastAttempt(way: Way): Judgement {
  const { from, to, steps, chronicle } = way;
  const eaten = way.faults.findLast(eats);
  const last = steps.findLast(
    ({ step }) => step === 'rejected' || step === 'looked_up' || step === 'routed' || step === 'received',
  );
  const sent = lastOf(steps, 'sent');
  if (last?.step === 'received') {
    return judged('under_way', `${to}'s backend received it; a commit was not seen`, [last]);
  }
  // A fault's record and the relay's come from two processes: what was sent again after it is told by a later attempt.
  if (
    eaten &&
    (last === undefined || last.step === 'routed' || last.n < eaten.n) &&
    !(sent && sent.n > eaten.n)
  ) {
    const words = `dropped: ${recordWords(eaten)}`;
    return judged('dropped', words, [...(last ? [last] : []), eaten], { fault: eaten.fault });
  }
  switch (last?.step) {
    case 'rejected':
      return rejection(last, []);
    case 'looked_up':
      return lookedUp(last, way);
    case 'routed': {
      const absent = whyAbsent(to, last.n, chronicle) ?? whyGoneAfter(to, last.n, chronicle);
      const words = `handed over; nothing was seen after that${absent ? `: ${absent.words}` : ''}`;
      return judged('under_way', words, [last, ...(absent?.shown ?? [])]);
    }
    default:
      break;
  }
  const held = way.faults.at(-1);
  const begun = steps.at(-1);
  const accepted = lastOf(steps, 'accepted');
  if (accepted) return judged('under_way', 'under way: the relay was not seen to decide', [accepted]);
  const why = begun && whyNotSent(from, begun.n, chronicle);
  const shown = [...(sent ? [sent] : begun ? [begun] : []), ...(why?.shown ?? [])];
  if (why) return judged('not_sent', `still in ${from}'s outbox: ${why.words}`, shown);
  if (held) return judged('under_way', `under way: ${recordWords(held)}`, [...shown, held]);
  return judged('under_way', 'under way: the relay was not seen to decide', shown);
}

function lookedUp(found: Step<'looked_up'>, { from, to, chronicle }: Way): Judgement {
  const { verdict, n } = found;
  const code = verdict;
  switch (verdict) {
    case 'deliver':
      return judged('under_way', 'the relay found it; that it was handed over was not seen', [found]);
    case 'not_friends': {
      const { words, shown } = whyNotFriends(from, to, n, chronicle);
      return judged('not_friends', `not friends: ${words}`, [...shown, found], { code });
    }
    case 'leaving':
      return judged('not_friends', routingWords.leaving.long, [found], { code });
    case 'limited': {
      const words = `limited: too much ${scopeWords.pair}`;
      const retry = found.retry_after_ms;
      const open = retry === undefined ? '' : `; it may be tried again after ${Math.round(retry)} ms`;
      return judged('limited', `${words}${open}`, [found], {
        code,
        scope: 'pair',
        ...(retry !== undefined && { retry_after_ms: retry }),
      });
    }
    default: {
      const absent = verdict === 'slow' ? undefined : whyAbsent(to, n, chronicle);
      const words = `waiting in ${from}'s outbox: ${routingWords[verdict].long}`;
      const shown = [...(absent?.shown ?? []), found];
      return judged('waiting', absent ? `${words} – ${absent.words}` : words, shown, { code });
    }
  }
}

/** A limit that the relay names is no end: the sender asks again. */
function rejection(step: Step<'rejected'>, more: readonly JournalEntry[]): Judgement {
  const { code, scope, retry_after_ms: retry } = step;
  if (code !== 'limited') {
    return judged('rejected', `rejected by the relay: ${codeWords(code)}`, [step, ...more], { code });
  }
  const whose = Object.entries(scopeWords).find(([name]) => name === scope)?.[1];
  const open = retry === undefined ? '' : `; it may be tried again after ${Math.round(retry)} ms`;
  return judged('limited', `limited: too much ${whose ?? 'at once'}${open}`, [step, ...more], {
    code,
    ...(scope !== undefined && { scope }),
    ...(retry !== undefined && { retry_after_ms: retry }),
  });
}

function refusal(
  word: 'refused' | 'quarantined',
  code: string | undefined,
  shown: readonly JournalEntry[],
  to: string,
): Judgement {
  const why = code === undefined ? '' : `: ${codeWords(code)}`;
  if (code === 'no_access') return judged('revoked', `refused by ${to}'s backend${why}`, shown, { code });
  const what = word === 'refused' ? `refused by ${to}'s backend` : `put aside by ${to}'s backend`;
  return judged(word, `${what}${why}`, shown, { ...(code !== undefined && { code }) });
}

function whyGoneAfter(user: string, n: number, chronicle: Chronicle) {
  const down = chronicle.downAfter([user], n);
  return down && { words: recordWords(down), shown: [down] };
}

/** Whether nothing of it can arrive any more. */
export const eats = ({ did }: LinkFault): boolean =>
  did === 'dropped' || did === 'severed' || did === 'reset';

const lastOf = <Name extends StepEntry['step']>(
  steps: readonly StepEntry[],
  name: Name,
): Step<Name> | undefined => steps.findLast((step): step is Step<Name> => step.step === name);

type Details = Omit<Judgement, 'verdict' | 'words' | 'because'>;

function judged(
  verdict: Judgement['verdict'],
  words: string,
  shown: readonly JournalEntry[],
  details: Details = {},
): Judgement {
  const because = [...new Set(shown)].toSorted((a, b) => a.n - b.n).map(evidenceOf);
  return { verdict, words, ...details, because };
}

export const evidenceOf = (entry: JournalEntry): Evidence => ({
  n: entry.n,
  at: entry.at,
  process: entry.process,
  words: recordWords(entry),
});
