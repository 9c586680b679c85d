import { counter, gauge, histogram, histograms, type Metric, tallied } from '../http/metrics/exposition.ts';
import { between, Histogram, Tally } from '../http/metrics/meters.ts';
import type { Census } from '../protocol/census.ts';
import type { EventType } from '../protocol/events.ts';
import type { Member } from './member.ts';

/** What this relay has counted since its start. Counting is all that the way of an event pays. */
export class RelayMeter {
  readonly opened = new Tally();
  /** By face and code. */
  readonly closed = new Tally();
  readonly refused = new Tally();
  /** By what was wrong with a token, wherever it was shown. */
  readonly authFailures = new Tally();
  readonly admitSeconds = new Histogram([0.001, 0.005, 0.025, 0.1, 0.5, 2.5]);
  readonly received = new Tally();
  readonly routed = new Tally();
  readonly unavailable = new Tally();
  readonly rejected = new Tally();
  readonly limited = new Tally();
  readonly receipts = new Tally();
  readonly acks = new Tally();
  readonly presence = new Tally();
  readonly routeSeconds = new Histogram([0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.005, 0.025, 0.1]);
  readonly dataBytes = new Histogram([64, 256, 1024, 4096, 16_384]);
  readonly pingSeconds = { 'socket.io': roundTrips(), websocket: roundTrips() } as const;
}

const roundTrips = () => new Histogram([0.001, 0.005, 0.025, 0.1, 0.5, 2.5]);

const labelled = (path: string): Readonly<Record<EventType, string>> => ({
  position_shared: `position_shared${between}${path}`,
  comment_added: `comment_added${between}${path}`,
  position_updated: `position_updated${between}${path}`,
  share_revoked: `share_revoked${between}${path}`,
});

/** The labels of an event that was written to its recipient, by whether it came from here: ready for `routed`. */
export const routedPath = { local: labelled('local'), bus: labelled('bus') } as const;

export interface RelayState {
  readonly members: readonly Member[];
  readonly accepting: boolean;
  readonly receiptsPending: number;
  readonly version: string;
  /** Undefined where this is the only node. */
  readonly bus: BusState | undefined;
}

export interface BusState {
  readonly isUp: boolean;
  readonly counts: NonNullable<Census['bus']>;
  readonly times: BusTimes;
}

export interface BusTimes {
  /** From giving a text to the bus until it has it. */
  readonly publish: Histogram;
  /** From the making of a text on its node, by the clock of the bus, until it is heard here. */
  readonly lag: Histogram;
}

/**
 * The relay's metrics; their names follow the conventions of Prometheus. No user is named, ever. `detailed` tells why
 * events and connections were refused, which a stranger could otherwise learn by asking before and after a try. Nor is
 * anybody else shown what only moves where another node has the recipient: it would tell who is online to whom it is
 * nothing. So without detail `unavailable` counts what senders were told, which is the same for every reason.
 */
export function relayMetrics(meter: RelayMeter, state: RelayState, detailed: boolean): Metric[] {
  const { members, accepting, receiptsPending, version, bus } = state;
  const buffered = members.map(({ connection }) => connection.buffered);
  const faces = Map.groupBy(members, ({ connection }) => connection.face);
  const why = (label: string) => (detailed ? [label] : undefined);
  const name = (rest: string) => `collab_relay_${rest}`;
  return [
    {
      name: name('build_info'),
      help: 'The version that runs.',
      type: 'gauge',
      samples: [{ labels: { version }, value: 1 }],
    },
    {
      name: name('connections'),
      help: 'Connections now, by the face that they came in by.',
      type: 'gauge',
      samples: (['socket.io', 'websocket'] as const).map((transport) => ({
        labels: { transport },
        value: faces.get(transport)?.length ?? 0,
      })),
    },
    gauge(name('users_online'), 'Users with a connection.', members.length),
    gauge(name('draining'), '1 while it lets nobody in.', accepting ? 0 : 1),
    tallied(name('connections_opened_total'), 'Connections that were greeted.', meter.opened, ['transport']),
    tallied(name('connections_closed_total'), 'Greeted connections that ended.', meter.closed, [
      'transport',
      'code',
    ]),
    tallied(
      name('connection_rejected_total'),
      'Connections that were not let in.',
      meter.refused,
      why('reason'),
    ),
    tallied(name('auth_failures_total'), 'Tokens that were not taken.', meter.authFailures, why('reason')),
    histogram(
      name('handshake_duration_seconds'),
      'From a handshake to the word about it.',
      meter.admitSeconds,
    ),
    tallied(name('events_received_total'), 'Events that read as such.', meter.received, ['type']),
    tallied(name('events_routed_total'), 'Events written to a recipient, for each.', meter.routed, [
      'type',
      'path',
    ]),
    detailed
      ? tallied(name('events_unavailable_total'), unavailableHelp, meter.unavailable, ['reason'])
      : counter(name('events_unavailable_total'), unavailableHelp, meter.receipts.of('unavailable')),
    tallied(name('events_rejected_total'), 'Events refused as a whole.', meter.rejected, why('code')),
    tallied(name('rate_limited_total'), 'Events put off, by whose limit it was.', meter.limited, ['scope']),
    tallied(name('receipts_total'), 'Receipts for senders, by stage.', meter.receipts, ['stage']),
    tallied(name('acks_total'), "Recipients' words about events, by result.", meter.acks, ['result']),
    tallied(name('presence_transitions_total'), 'Users that came and went.', meter.presence, ['to']),
    counter(
      name('slow_consumers_total'),
      'Times that an event waited because its recipient did not read.',
      meter.unavailable.of('slow'),
    ),
    histogram(
      name('route_duration_seconds'),
      'From an event to its last recipient, within this process.',
      meter.routeSeconds,
    ),
    histogram(name('event_size_bytes'), "Size of the events' data as JSON.", meter.dataBytes),
    histograms(name('ping_rtt_seconds'), 'From a ping to its answer.', 'transport', meter.pingSeconds),
    ...(bus ? busMetrics(bus, detailed) : []),
    gauge(name('receipts_pending'), 'Receipts not sent yet.', receiptsPending),
    gauge(name('send_buffer_bytes'), 'What waits to be read, over all connections.', sum(buffered)),
    gauge(name('send_buffer_max_bytes'), 'The same of the slowest connection.', Math.max(0, ...buffered)),
  ];
}

const unavailableHelp = 'Events whose recipient could not have them now, for each.';

function busMetrics({ isUp, counts, times }: BusState, detailed: boolean): Metric[] {
  const name = (rest: string) => `collab_relay_bus_${rest}`;
  const up = gauge(name('up'), '1 while users of other nodes can be reached.', isUp ? 1 : 0);
  if (!detailed) return [up];
  return [
    up,
    counter(name('published_total'), 'Texts given to the bus.', counts.published),
    counter(name('received_total'), 'Texts that came from it.', counts.received),
    histogram(name('publish_duration_seconds'), 'Until the bus has a text.', times.publish),
    histogram(name('lag_seconds'), 'Until a text of another node, or of this one, is heard here.', times.lag),
  ];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
