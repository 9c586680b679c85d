import { z } from 'zod';
import { inWords } from '../duration.ts';
import { receivable } from '../event-words.ts';
import {
  eventOptions,
  expectWithinMs,
  sinceStep,
  unmatchable,
  wantedOf,
  wordOf,
} from '../expect-observed.ts';
import type { Observed } from '../observed.ts';
import { failed, inconclusive, passed } from '../step-end.ts';
import { defineVerb } from '../verb.ts';
import { describeSeen, describeWanted, isMatch, type Wanted } from '../wanted.ts';

export const inOrder = defineVerb({
  name: 'in_order',
  kind: 'expectation',
  summary: 'Events of these types are applied by the backend in this order; others may lie between them.',
  schemas: (leaves) => ({
    object: z.array(receivable).min(1, 'needs at least one type'),
    options: eventOptions(leaves).extend({
      as: leaves.name.optional().meta({ description: 'Names the events, as a list, for $refs.' }),
    }),
  }),
  async run({ who, object, options }, context) {
    const { inbox } = context.actor(who);
    const { waker, signal, names } = context;
    const wanted = object.map((type) => wantedOf(context, type, options));
    const isLater = sinceStep(context, who, inbox, options.after);
    const unknown = unmatchable(who, inbox, wanted);
    if (unknown) return unknown;
    const withinMs = options.within ?? expectWithinMs;
    let readable = true;
    const free = () =>
      inbox.observed.filter((one) => one.applied && isLater(one) && !inbox.claimed.has(one.n));
    const found = await waker.until(withinMs, signal, async () => {
      readable = await inbox.refresh();
      const all = readable ? subsequence(wanted, free()) : [];
      if (all.length < wanted.length) return undefined;
      for (const { n } of all) inbox.claimed.add(n);
      return all;
    });
    if (found)
      return passed(
        found.map(({ body }) => body),
        wordOf(inbox),
      );
    const labelOf = (id: string) => names.labelOf(id);
    const order = object.join(', ');
    if (!readable) {
      const what = `${who}'s backend could not be read, so nobody knows whether ${order} came in this order.`;
      return inconclusive('not-readable', what);
    }
    const there = subsequence(wanted, free());
    const missing = wanted[there.length];
    return failed(
      'not-in-order',
      `${who} has not received ${order} in this order within ${inWords(withinMs)}.`,
      [
        ...there.map((one) => `${one.n}. ${describeSeen(one, labelOf)}`),
        missing ? `and then no ${describeWanted(missing, labelOf)}` : '',
      ],
    );
  },
});

/** The earliest entries that match one after the other, as far as that goes. */
function subsequence(wanted: readonly Wanted[], seen: readonly Observed[]): Observed[] {
  const found: Observed[] = [];
  for (const one of seen) {
    const next = wanted[found.length];
    if (!next) break;
    if (isMatch(next, one)) found.push(one);
  }
  return found;
}
