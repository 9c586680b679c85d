const dataKeys = [
  'position_id',
  'share_url',
  'shared_at',
  'version',
  'share_id',
  'comment',
  'updates',
  'from_version',
];

/**
 * Brings the spellings that the brief uses for an event to the canonical one, before any schema looks at it:
 * `to`/`from` for `to_users`/`from_user`, and the flat form of the brief's step 4, whose fields beside `type` belong
 * into `data`. Where both spellings are there, the canonical one wins. Anything but an object is returned as it came.
 */
export function canonicalSpelling(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return raw;
  // Our own clients spell it so: nothing to copy then.
  if ('to_users' in raw && 'data' in raw && !('to' in raw) && !('from' in raw)) return raw;
  const { to, from, ...rest }: Record<string, unknown> = { ...raw };
  const event: Record<string, unknown> = rest;
  if (event.to_users === undefined && to !== undefined) event.to_users = typeof to === 'string' ? [to] : to;
  if (event.from_user === undefined && from !== undefined) event.from_user = from;
  if (event.data !== undefined) return event;
  const data: Record<string, unknown> = {};
  for (const key of dataKeys) {
    if (event[key] === undefined) continue;
    data[key] = event[key];
    delete event[key];
  }
  return { ...event, data };
}
