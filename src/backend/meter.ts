import type { CollabClient } from '../client/collab-client.ts';
import { counter, gauge, type Metric, tallied } from '../http/metrics/exposition.ts';
import { Tally } from '../http/metrics/meters.ts';
import type { Census } from '../protocol/census.ts';
import type { Happening, Tell } from '../protocol/records.ts';

/** What this backend has counted since its start, from what it tells: nothing has to count by itself. */
export class BackendMeter {
  readonly saved = new Tally();
  readonly settled = new Tally();
  readonly committed = new Tally();
  readonly fetches = new Tally();
  readonly withdrawn = new Tally();
  sent = 0;
  resent = 0;
  duplicates = 0;
  notes = 0;

  /** Tells on what it has counted. */
  counting(tell: Tell): Tell {
    return (happening) => {
      this.#count(happening);
      tell(happening);
    };
  }

  #count(happening: Happening): void {
    if (happening.type === 'note' && happening.level === 'warn') this.notes += 1;
    if (happening.type !== 'step') return;
    switch (happening.step) {
      case 'saved':
        this.saved.add(happening.kind);
        break;
      case 'sent':
        this.sent += 1;
        if (happening.attempt > 1) this.resent += 1;
        break;
      case 'settled':
        this.settled.add(happening.stage);
        break;
      case 'withdrawn':
        this.withdrawn.add(happening.why);
        break;
      case 'received':
        if (happening.duplicate) this.duplicates += 1;
        break;
      case 'committed':
        this.committed.add(happening.outcome);
        break;
      case 'fetched':
        this.fetches.add(happening.status === undefined ? 'unreachable' : String(happening.status));
        break;
      default:
        break;
    }
  }
}

export interface BackendState {
  readonly client: Pick<CollabClient, 'connected' | 'oldestPending' | 'gaps'>;
  readonly census: Census;
  readonly version: string;
  /** Ms since 1970. */
  readonly now: number;
}

/** The backend's metrics; no user is named, neither its own nor a friend. */
export function backendMetrics(
  meter: BackendMeter,
  { client, census, version, now }: BackendState,
): Metric[] {
  const { runnable, parked, pages } = census;
  const oldest = client.oldestPending();
  const age = oldest === undefined ? 0 : Math.max(0, now - Date.parse(oldest)) / 1000;
  const waiting = { ...parked, ...runnable };
  const of = (name: string): number => waiting[name] ?? 0;
  return [
    {
      name: 'collab_backend_build_info',
      help: 'The version that runs.',
      type: 'gauge',
      samples: [{ labels: { version }, value: 1 }],
    },
    gauge(
      'collab_backend_relay_connected',
      '1 while it is connected to the relay.',
      client.connected ? 1 : 0,
    ),
    gauge('collab_backend_pages', 'Pages that listen now.', pages.length),
    {
      name: 'collab_outbox_pending',
      help: 'Events that their recipients do not have yet, by what they wait for.',
      type: 'gauge',
      samples: ['in_flight', 'unsent', 'limited', 'absent', 'offline'].map((state) => ({
        labels: { state },
        value: of(state),
      })),
    },
    gauge('collab_outbox_oldest_age_seconds', 'How long the oldest of them has waited.', age),
    tallied('collab_outbox_saved_total', 'Events written to the outbox.', meter.saved, ['type']),
    counter('collab_outbox_sent_total', 'Frames with an event, resends among them.', meter.sent),
    counter('collab_outbox_resends_total', 'Frames sent again.', meter.resent),
    tallied('collab_outbox_receipts_total', 'What became of events, for each recipient.', meter.settled, [
      'stage',
    ]),
    tallied('collab_outbox_withdrawn_total', 'Events that were given up.', meter.withdrawn, ['why']),
    tallied('collab_inbox_events_total', 'Events that came in, by outcome.', meter.committed, ['outcome']),
    counter(
      'collab_inbox_quarantined_total',
      'Events that could not be applied, and were put aside.',
      meter.committed.of('quarantined'),
    ),
    counter('collab_inbox_gaps_total', 'Events that came before what precedes them.', client.gaps()),
    counter('collab_inbox_duplicates_total', 'Events that came again and changed nothing.', meter.duplicates),
    gauge('collab_fetch_jobs', 'Shared positions that are still to be fetched.', jobs(census)),
    tallied('collab_fetch_attempts_total', 'Attempts to fetch a position, by status.', meter.fetches, [
      'status',
    ]),
    counter('collab_backend_warnings_total', 'Warnings that it gave.', meter.notes),
  ];
}

const jobs = ({ runnable, parked }: Census): number => (runnable.fetch_jobs ?? 0) + (parked.fetch_jobs ?? 0);
