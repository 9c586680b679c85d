import type { Ledger } from './ledger.ts';

/** Comments that a backend has answered for and does not have: no kill may take back what was promised. */
export function forgotten(
  ledgers: readonly Ledger[],
  promised: readonly { readonly user: string; readonly comment: string }[],
): string[] {
  const held = new Map(
    ledgers.map(({ user, comments }) => [String(user), new Set(comments.map(({ id }) => id))]),
  );
  return promised
    .filter(({ user, comment }) => !held.get(user)?.has(comment))
    .map(({ user, comment }) => `${user} was told that comment ${comment} is written, and it is not there`);
}

/** Everything that is wrong in these databases once nothing is under way any more, a sentence each. */
export function findings(ledgers: readonly Ledger[]): string[] {
  return ledgers.flatMap((mine) => [
    ...unsettled(mine),
    ...twice(mine),
    ...ledgers
      .filter((theirs) => theirs !== mine)
      .flatMap((theirs) => [...lost(mine, theirs), ...disordered(mine, theirs), ...diverged(mine, theirs)]),
  ]);
}

function unsettled({ user, outbox, fetchJobs }: Ledger): string[] {
  return [
    ...outbox
      .filter(({ settled }) => settled === 0)
      .map(
        ({ event_id, recipient, stage }) => `${user}'s ${event_id} to ${recipient} still waits (${stage})`,
      ),
    ...fetchJobs.map(
      ({ position_id, attempts }) => `${user} still fetches ${position_id} after ${attempts} attempts`,
    ),
  ];
}

/** The inbox cannot hold an id twice; what an event does can be seen twice all the same. */
function twice({ user, notifications }: Ledger): string[] {
  const keys = notifications.map(({ kind, event_id, from_user }) => `${kind} ${event_id} ${from_user}`);
  return [...new Set(keys.filter((key, at) => keys.indexOf(key) !== at))].map(
    (key) => `${user} was told twice: ${key}`,
  );
}

/** What the sender holds for done must be at the recipient, and the other way round. */
function lost(sender: Ledger, recipient: Ledger): string[] {
  const arrived = new Map(
    recipient.inbox.filter(({ from_user }) => from_user === sender.user).map((row) => [row.id, row]),
  );
  const outcomes: Readonly<Record<string, string>> = {
    delivered: 'applied',
    refused: 'refused',
    quarantined: 'quarantined',
  };
  return sender.outbox
    .filter((row) => row.recipient === recipient.user && row.settled === 1 && row.stage !== 'expired')
    .filter(({ event_id, stage }) => arrived.get(event_id)?.outcome !== outcomes[stage])
    .map(
      ({ event_id, stage }) =>
        `${sender.user}'s ${event_id} is ${stage} for ${recipient.user}, whose inbox says ${arrived.get(event_id)?.outcome ?? 'nothing'}`,
    );
}

function disordered(sender: Ledger, recipient: Ledger): string[] {
  const places = new Map(
    sender.outbox.filter((row) => row.recipient === recipient.user).map(({ event_id, n }) => [event_id, n]),
  );
  const order = recipient.inbox
    .filter(({ from_user }) => from_user === sender.user)
    .map(({ id }) => places.get(id) ?? 0)
    .filter((n) => n > 0);
  return order
    .filter((n, at) => at > 0 && n < (order[at - 1] ?? 0))
    .map((n) => `${recipient.user} applied row ${n} of ${sender.user} after a later one`);
}

/** A reader holds what the owner holds, and nobody else holds anything. */
function diverged(owner: Ledger, reader: Ledger): string[] {
  const copies = new Map(reader.positions.filter((p) => p.owner_id === owner.user).map((p) => [p.id, p]));
  const own = owner.positions.filter((p) => p.owner_id === owner.user);
  const found = own.flatMap((position) => {
    const { id, version, content } = position;
    const copy = copies.get(id);
    copies.delete(id);
    const granted = owner.shares.some((share) => share.position_id === id && share.reader_id === reader.user);
    if (!granted) return copy ? [`zombie: ${reader.user} still has ${id} of ${owner.user}`] : [];
    if (!copy) return [`lost: ${reader.user} has not got ${id} of ${owner.user}`];
    const stale = copy.version !== version || copy.content !== content;
    return [
      ...(stale
        ? [`stale: ${reader.user} has ${id} at version ${copy.version}, ${owner.user} at ${version}`]
        : []),
      ...missing(id, owner, reader),
      ...missing(id, reader, owner),
    ];
  });
  return [
    ...found,
    ...[...copies.keys()].map((id) => `zombie: ${reader.user} has ${id}, which ${owner.user} never had`),
  ];
}

/** Comments on a position that one has and the other has not. */
function missing(position: string, there: Ledger, here: Ledger): string[] {
  const ids = new Set(here.comments.map(({ id }) => id));
  return there.comments
    .filter((comment) => comment.position_id === position && !ids.has(comment.id))
    .map(
      ({ id, author_id }) =>
        `thread: ${author_id}'s comment ${id} on ${position} is at ${there.user} and not at ${here.user}`,
    );
}
