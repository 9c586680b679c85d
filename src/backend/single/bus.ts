import type { UserId } from '../../protocol/ids.ts';
import type { BusCarrier } from './bus-carrier.ts';

/** Who is in this process. What is handed over is taken in a later turn, as it would come from a network. */
export class Bus {
  readonly #seats = new Map<UserId, BusCarrier>();
  #underWay = 0;

  /** What was handed over and not taken yet. */
  get underWay(): number {
    return this.#underWay;
  }

  seat(user: UserId, carrier: BusCarrier): void {
    this.#seats.set(user, carrier);
  }

  leave(user: UserId, carrier: BusCarrier): void {
    if (this.#seats.get(user) === carrier) this.#seats.delete(user);
  }

  of(user: UserId): BusCarrier | undefined {
    return this.#seats.get(user);
  }

  others(user: UserId): readonly BusCarrier[] {
    return [...this.#seats].flatMap(([name, carrier]) => (name === user ? [] : [carrier]));
  }

  /** Does it in a later turn, unless the one for whom it is has left by then. */
  later(user: UserId, then: (carrier: BusCarrier) => void): void {
    this.#underWay += 1;
    setImmediate(() => {
      this.#underWay -= 1;
      const carrier = this.#seats.get(user);
      if (carrier) then(carrier);
    });
  }
}
