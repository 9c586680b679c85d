import { inWords } from '../duration.ts';
import { receivable } from '../event-words.ts';
import {
  eventOptions,
  notQuiet,
  quietWithinMs,
  sinceStep,
  unmatchable,
  wantedOf,
} from '../expect-observed.ts';
import { failed, inconclusive, passed } from '../step-end.ts';
import { defineVerb } from '../verb.ts';
import { describeSeen, describeWanted, isMatch } from '../wanted.ts';

export const never = defineVerb({
  name: 'never',
  kind: 'expectation',
  summary: 'Nothing like it reaches the backend, applied or not, up to the quiet that this step waits for.',
  schemas: (leaves) => ({
    object: receivable,
    options: eventOptions(leaves).extend({
      for: leaves.duration
        .optional()
        .meta({ description: 'Looks for this long instead of waiting for quiet.' }),
    }),
  }),
  async run({ who, object, options }, context) {
    const { inbox } = context.actor(who);
    const { names, waker, signal } = context;
    const wanted = wantedOf(context, object, options);
    const labelOf = (id: string) => names.labelOf(id);
    const isLater = sinceStep(context, who, inbox, options.after);
    const what = describeWanted(wanted, labelOf);
    const unknown = unmatchable(who, inbox, [wanted]);
    if (unknown) return unknown;
    let readable = true;
    const look = async () => {
      readable = await inbox.refresh();
      const found = inbox.observed.filter((one) => isLater(one) && isMatch(wanted, one));
      return found.length > 0 ? found : undefined;
    };

    let found = await look();
    let proof = '';
    if (!found && options.for !== undefined) {
      found = await waker.until(options.for, signal, look);
      proof = `for ${inWords(options.for)}`;
    } else if (!found) {
      const quiet = await context.quiet(options.within ?? quietWithinMs);
      found = await look();
      if (!found && quiet.is !== 'quiet') return notQuiet(`whether ${who} gets ${what}`, quiet.because);
      if (quiet.is === 'quiet') proof = quiet.proof;
    }
    if (found) {
      const seen = found.slice(0, 3).map((one) => `${one.n}. ${describeSeen(one, labelOf)}`);
      return failed('seen', `${who} was never to get ${what}, and did.`, seen);
    }
    if (!readable) {
      return inconclusive(
        'not-readable',
        `${who}'s backend could not be read, so nobody knows whether ${what} came.`,
      );
    }
    return passed(undefined, proof);
  },
});
