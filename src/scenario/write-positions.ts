import { v7 as uuid } from 'uuid';
import { Problem } from '../problem.ts';
import { type PositionId, positionId, type UserId, userId } from '../protocol/ids.ts';
import type { Position } from '../protocol/positions.ts';
import type { Actor } from './actor.ts';
import { inWordsOf } from './route-client.ts';
import type { ScenarioPosition } from './scenario.ts';

/** A position that its owner's backend has taken, with the id it was given. */
export interface WrittenPosition {
  readonly name: string;
  readonly id: PositionId;
  readonly answer: Position;
}

/**
 * Writes positions through their owners' backends, in the order of the file for each owner, so that their lists have it
 * too. The name in front of an id keeps the journal readable; what follows makes it new on a stack that was used before.
 * @throws Problem where a backend would not take one
 */
export async function writePositions(
  positions: readonly ScenarioPosition[],
  apiOf: (owner: UserId) => Actor['api'],
): Promise<readonly WrittenPosition[]> {
  const byOwner = Map.groupBy(positions, ({ owner }) => owner);
  const written = await Promise.all(
    [...byOwner].map(async ([owner, own]) => {
      const api = apiOf(userId.parse(owner));
      const done: WrittenPosition[] = [];
      for (const { name, draft } of own) {
        const id = positionId.parse(`${name}~${uuid().slice(-8)}`);
        const reply = await api('createPosition', { body: { ...draft, id } });
        if (reply.is === 'unknown') throw notWritten(owner, name, reply.why);
        if (reply.is === 'refused') throw notWritten(owner, name, inWordsOf(reply));
        done.push({ name, id, answer: reply.answer });
      }
      return done;
    }),
  );
  return written.flat();
}

const notWritten = (owner: string, name: string, why: string) =>
  new Problem({
    code: 'position-not-written',
    message: `${owner}'s backend would not take the position ${name} before the first step: ${why}`,
  });
