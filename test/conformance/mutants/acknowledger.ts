import { Acknowledger as Real } from '../../../src/client/acknowledger.ts';

export * from '../../../src/client/acknowledger.ts';

/** Says nothing about what it has taken. */
export class Acknowledger extends Real {
  override add(): void {}
}
