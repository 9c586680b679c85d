import { visible } from '../event-words.ts';
import { arrivalOptions, expectArrival, wantedOf } from '../expect-observed.ts';
import { defineVerb } from '../verb.ts';

export const sees = defineVerb({
  name: 'sees',
  kind: 'expectation',
  summary: "A frame arrives at the page's socket.",
  schemas: (leaves) => ({
    object: visible,
    options: arrivalOptions(leaves),
  }),
  run: ({ who, object, options }, context) =>
    expectArrival(context, who, context.actor(who).page, wantedOf(context, object, options), options),
});
