import { receivable } from '../event-words.ts';
import { arrivalOptions, expectArrival, wantedOf } from '../expect-observed.ts';
import { defineVerb } from '../verb.ts';

export const receives = defineVerb({
  name: 'receives',
  kind: 'expectation',
  summary: 'An event is applied by the backend; the earliest that nobody has claimed yet is claimed.',
  schemas: (leaves) => ({ object: receivable, options: arrivalOptions(leaves) }),
  run: ({ who, object, options }, context) =>
    expectArrival(context, who, context.actor(who).inbox, wantedOf(context, object, options), options),
});
