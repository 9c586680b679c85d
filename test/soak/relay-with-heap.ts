import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { z } from 'zod';

/** A relay that says on SIGUSR2 how much heap it uses after a collection, as a line of its log. */
setFlagsFromString('--expose-gc');
const collect = z.function({ input: [], output: z.void() }).parse(runInNewContext('gc'));
process.on('SIGUSR2', () => {
  // What the first pass finalises is only let go by the second.
  collect();
  collect();
  process.stdout.write(`heap ${process.memoryUsage().heapUsed}\n`);
});

await import('../../src/relay/main.ts');
