import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type LoadReport, loadReport, type Order, report } from './orders.ts';

export interface Generator extends AsyncDisposable {
  connect(order: Omit<Extract<Order, { type: 'connect' }>, 'type'>): Promise<void>;
  load(order: Omit<Extract<Order, { type: 'load' }>, 'type'>): Promise<LoadReport>;
}

/** Starts a process that plays users. It answers one order after the other. */
export function openGenerator(): Generator {
  const child = fork(join(import.meta.dirname, 'generator.ts'));
  const died = once(child, 'exit').then(() => Promise.reject(new Error('The load generator died.')));
  died.catch(() => {});

  async function ask(given: Order) {
    const answered = once(child, 'message');
    child.send(given);
    const [raw] = await Promise.race([answered, died]);
    return report.parse(raw);
  }
  return {
    async connect(given) {
      await ask({ type: 'connect', ...given });
    },
    load: async (given) => loadReport.parse(await ask({ type: 'load', ...given })),
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** The generator was near its own limit, or something got lost: the numbers are about it, or about something else. */
export function doubtsAbout(
  reports: readonly LoadReport[],
  wanted: { readonly rate: number; readonly ms: number; readonly fanOut: number },
): string[] {
  const doubts: string[] = [];
  const busiest = Math.max(...reports.map(({ generatorLoad }) => generatorLoad));
  const fewest = Math.min(...reports.map(({ sent }) => sent));
  const lost = Math.max(...reports.map(({ sent, delivered }) => sent * wanted.fanOut - delivered));
  if (busiest > 0.7) doubts.push(`the generator used ${Math.round(busiest * 100)} % of a core`);
  if (fewest < (wanted.rate * wanted.ms * 0.98) / 1000) doubts.push(`only ${fewest} events were sent`);
  if (lost > 0) doubts.push(`${lost} deliveries were missing`);
  return doubts;
}
