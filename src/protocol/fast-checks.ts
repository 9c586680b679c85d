import { z } from 'zod';
import type { RoutableEvent } from './events.ts';
import { isPlainId, isUserId } from './ids.ts';
import type { Acknowledgement } from './receipts.ts';

/**
 * What the relay reads for every event, checked by hand: the schemas take several times as long as all the rest that is
 * done about an event. Each check here says yes only to what its schema accepts and hands on unchanged (tested against
 * each other with generated values); a no says nothing, the schema has the word then, and the complaint.
 */
type Check = (value: unknown) => boolean;

const text =
  (least: number, most: number): Check =>
  (value) =>
    typeof value === 'string' && value.length >= least && value.length <= most;
const isPositive: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 1;
const isAtLeastTwo: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 2;
const isNotNegative: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const timestampPattern = z.core.regexes.datetime({ offset: true });
const isTimestamp: Check = (value) => typeof value === 'string' && timestampPattern.test(value);
/** Of visible ASCII alone: from anything else the schema may cut something off. */
const isHttpUrl: Check = (value) =>
  typeof value === 'string' &&
  value.length <= 2048 &&
  /^https?:\/\/[!-~]+$/.test(value) &&
  URL.canParse(value);

const listOf =
  (check: Check, least: number, most: number): Check =>
  (value) =>
    Array.isArray(value) && value.length >= least && value.length <= most && value.every(check);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** `undefined` for a key that is not named here. Schemas drop an own `__proto__`, so nothing with one is handed on. */
type Named = (key: string) => Check | undefined;

function everyKey(value: unknown, named: Named): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  for (const key of Object.keys(value)) {
    const check = named(key);
    if (!check?.(value[key])) return false;
  }
  return true;
}

const anything: Check = () => true;

/** An object with all of the first keys, any of the second, and others only where they are left alone. */
function shape(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>>,
  { loose = false }: { readonly loose?: boolean } = {},
): Check {
  const checks = new Map(Object.entries({ ...required, ...optional }));
  const names = Object.keys(required);
  const named: Named = (key) => checks.get(key) ?? (loose && key !== '__proto__' ? anything : undefined);
  return (value) => everyKey(value, named) && names.every((name) => Object.hasOwn(value, name));
}

const isRecord: Check = (value) => everyKey(value, (key) => (key === '__proto__' ? undefined : anything));
const areNumbers: Check = (value) => everyKey(value, (key) => (isUserId(key) ? isPositive : undefined));

const loose = { loose: true };
const dataChecks = new Map<unknown, Check>([
  [
    'position_shared',
    shape(
      { position_id: isPlainId, share_url: isHttpUrl },
      { shared_at: isTimestamp, version: isPositive, share_id: isPlainId },
      loose,
    ),
  ],
  [
    'comment_added',
    shape(
      {
        position_id: isPlainId,
        comment: shape(
          {
            id: isPlainId,
            text: text(1, 4000),
            user: shape({ id: isUserId, display_name: text(0, 120) }, {}),
            created_at: isTimestamp,
          },
          {},
        ),
      },
      {},
      loose,
    ),
  ],
  [
    'position_updated',
    shape(
      { position_id: isPlainId, updates: isRecord },
      { version: isAtLeastTwo, from_version: isPositive },
      loose,
    ),
  ],
  ['share_revoked', shape({ position_id: isPlainId }, { share_id: isPlainId }, loose)],
]);

const isEnvelope = shape(
  { type: anything, to_users: listOf(isUserId, 1, 100), data: isObject },
  {
    id: isPlainId,
    from_user: isUserId,
    sent_at: isTimestamp,
    epoch: isPlainId,
    seq: areNumbers,
    base: areNumbers,
    cause: isPlainId,
    traceparent: text(0, 128),
  },
);

export function isRoutableEvent(value: unknown): value is RoutableEvent {
  if (!isEnvelope(value) || !isObject(value)) return false;
  const isData = dataChecks.get(value.type);
  return isData?.(value.data) ?? false;
}

const statuses: ReadonlySet<unknown> = new Set(['delivered', 'refused', 'quarantined', 'nacked']);

const isAckResult = shape(
  { id: isPlainId, status: (value) => statuses.has(value) },
  {
    code: (value) => typeof value === 'string' && /^[A-Za-z0-9_.:-]{1,64}$/.test(value),
    want: isPositive,
    above: isPlainId,
    retry_after_ms: isNotNegative,
  },
);

const isWholeAcknowledgement = shape(
  { from: isUserId, results: listOf(isAckResult, 0, 256) },
  { epoch: isPlainId, upto: isPositive, ids: listOf(isPlainId, 0, 256) },
);

export const isAcknowledgement = (value: unknown): value is Acknowledgement => isWholeAcknowledgement(value);

/** In the form in which a schema says that it accepts something. */
export const asParsed = <Value>(data: Value) => ({ success: true, data }) as const;
