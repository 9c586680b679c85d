import { type EventId, userId } from '../../protocol/ids.ts';
import { type TenStep, tenSteps } from '../ten-steps.ts';
import { attemptsOf } from './attempts.ts';
import { type Chronicle, isRelay, type StepEntry } from './chronicle.ts';
import type { ExplainedRecipient, Explanation, ListedEvent } from './explanation.ts';
import { judgeRecipient, type Way } from './judge-recipient.ts';

/** Frames that speak of an event without carrying it: losing one costs a resend, never the event. */
const aboutIt = new Set(['collab_ack', 'collab_receipt']);

/**
 * Explains one event from a run's journal: one verdict for each candidate recipient, with the records that show it, the
 * attempts, and the brief's ten steps. Undefined where the journal does not know it.
 */
export function explainEvent(run: string, event: EventId, chronicle: Chronicle): Explanation | undefined {
  const steps = chronicle.events.get(event);
  const about = steps && aboutEvent(run, event, steps);
  if (!about) return undefined;
  const ten = tenSteps(steps, event);
  const recipients = waysOf(event, steps, chronicle).map((way): ExplainedRecipient => {
    const answers = chronicle.linkFaults(event).filter(({ from }) => from === way.to);
    const entries = [...way.steps, ...way.faults, ...answers].toSorted((a, b) => a.n - b.n);
    return {
      to: way.to,
      ...judgeRecipient(way),
      attempts: attemptsOf(entries),
      steps: (ten.get(userId.parse(way.to)) ?? []).map(plainStep),
    };
  });
  return { ...about, recipients };
}

/** One event in a line of a list. */
export function listEvent(run: string, event: EventId, chronicle: Chronicle): ListedEvent | undefined {
  const steps = chronicle.events.get(event);
  const about = steps && aboutEvent(run, event, steps);
  if (!about) return undefined;
  const recipients = waysOf(event, steps, chronicle).map((way) => {
    const { verdict, words, code } = judgeRecipient(way);
    return { to: way.to, verdict, words, ...(code !== undefined && { code }) };
  });
  return { ...about, recipients };
}

function aboutEvent(run: string, event: EventId, steps: readonly StepEntry[]) {
  const [first] = steps;
  if (!first) return undefined;
  const position = steps.find((step) => step.position !== undefined)?.position;
  const cause = steps.find((step) => step.cause !== undefined)?.cause;
  return {
    run,
    event,
    type: first.kind,
    from: first.from,
    ...(position !== undefined && { position }),
    ...(cause !== undefined && { cause }),
    at: first.at,
  };
}

function waysOf(event: EventId, steps: readonly StepEntry[], chronicle: Chronicle): Way[] {
  const from = steps[0]?.from ?? '';
  const recipients = new Set<string>();
  for (const step of steps) {
    if ('recipients' in step) for (const to of step.recipients) recipients.add(to);
    if ('to' in step) recipients.add(step.to);
  }
  return [...recipients].map((to) => ({
    from,
    to,
    steps: steps.filter((step, index) => concerns(step, to, steps, index)),
    faults: chronicle
      .linkFaults(event)
      .filter((one) => one.to === to || (one.from === from && isRelay(one.to)))
      .filter(({ name }) => !aboutIt.has(name ?? '')),
    chronicle,
  }));
}

/** A rejection that names nobody is about whom the last frame named that was sent. */
function concerns(step: StepEntry, to: string, steps: readonly StepEntry[], index: number): boolean {
  if ('to' in step) return step.to === to;
  if (!('recipients' in step)) return true;
  if (step.step !== 'rejected' || step.recipients.length > 0) {
    return step.recipients.some((one) => one === to);
  }
  const frame = steps.slice(0, index).findLast((one) => one.step === 'sent');
  return frame?.step !== 'sent' || frame.recipients.some((one) => one === to);
}

function plainStep({ n, text, process, at, msSinceStart, missing }: TenStep) {
  return {
    n,
    text,
    ...(process !== undefined && { process }),
    ...(at !== undefined && { at }),
    ...(msSinceStart !== undefined && { ms: msSinceStart }),
    ...(missing !== undefined && { missing }),
  };
}
