import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { gauge, type Metric } from './exposition.ts';

/** Nanoseconds in a second, the unit of event-loop delays. */
const ns = 1e9;
/** The time between two looks, which each measured delay holds. */
const resolutionMs = 20;

/**
 * What every Node process has to show. Watching the event loop wakes it fifty times a second, so that begins with the
 * first question: it answers zeros, each later one what was seen since the one before.
 */
export class ProcessMetrics implements Disposable {
  #delay: ReturnType<typeof monitorEventLoopDelay> | undefined;

  metrics(): Metric[] {
    if (!this.#delay) {
      this.#delay = monitorEventLoopDelay({ resolution: resolutionMs });
      this.#delay.enable();
    }
    const { mean, max } = this.#delay;
    const p99 = this.#delay.percentile(99);
    this.#delay.reset();
    const heap = getHeapStatistics();
    const seconds = (delay: number): number =>
      Number.isFinite(delay) ? Math.max(0, delay / ns - resolutionMs / 1000) : 0;
    return [
      gauge('process_start_time_seconds', 'When the process started.', performance.timeOrigin / 1000),
      gauge(
        'nodejs_eventloop_lag_mean_seconds',
        'How late the event loop was, since the last scrape.',
        seconds(mean),
      ),
      gauge(
        'nodejs_eventloop_lag_p99_seconds',
        'The same, of which one in a hundred was worse.',
        seconds(p99),
      ),
      gauge('nodejs_eventloop_lag_max_seconds', 'The same, at its worst.', seconds(max)),
      gauge('nodejs_eventloop_utilization_ratio', 'How much of its life the event loop was busy.', busy()),
      gauge('nodejs_heap_size_used_bytes', 'Memory that objects use.', heap.used_heap_size),
      gauge('nodejs_heap_size_total_bytes', 'Memory that is set aside for objects.', heap.total_heap_size),
      gauge('nodejs_external_memory_bytes', 'Memory of buffers outside the heap.', heap.external_memory),
    ];
  }

  [Symbol.dispose](): void {
    this.#delay?.disable();
  }
}

const busy = (): number => performance.eventLoopUtilization().utilization;
