import { inWords } from '../duration.ts';
import { passed } from '../step-end.ts';
import { defineControl } from '../verb.ts';

export const wait = defineControl({
  name: 'wait',
  summary: 'Lets time pass. Discouraged: expectations wait by themselves.',
  discouraged: {
    message: 'wait makes a file slow and proves nothing.',
    hint: 'Expectations wait by themselves (within), and acts wait for their receipts (until).',
  },
  schema: ({ duration }) => duration,
  async run(ms, { waker, signal }) {
    await waker.until(ms, signal, async () => undefined);
    return passed(undefined, `for ${inWords(ms)}`);
  },
});
