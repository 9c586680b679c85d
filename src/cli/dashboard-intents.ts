import { join } from 'node:path';
import type { Intents, Outcome } from '../dashboard/intents.ts';
import { Problem } from '../problem.ts';
import { positionId, userId } from '../protocol/ids.ts';
import { followLog } from './follow-log.ts';
import type { ViewWishes } from './run-view.ts';
import type { Act, ControlCommand } from './supervisor/control-frames.ts';

export interface IntentsOptions {
  readonly wishes: ViewWishes;
  /** The folder of the logs. */
  readonly logs: string;
  /** Whether an instance does not run, as far as the last snapshot knows. */
  readonly isDown: (name: string) => boolean;
}

/** What the person at the dashboard wishes for, asked of the supervisor. What it refuses is said in its words. */
export function dashboardIntents({ wishes, logs, isDown }: IntentsOptions): Intents {
  async function ask(command: ControlCommand): Promise<Outcome> {
    try {
      const { text = '' } = await wishes.command(command);
      return { ok: true, text };
    } catch (thrown) {
      if (thrown instanceof Problem) return { ok: false, text: thrown.message };
      throw thrown;
    }
  }
  const act = (act: Act): Promise<Outcome> => ask({ name: 'act', act });
  const by = (user: string, position: string) => ({
    user: userId.parse(user),
    position: positionId.parse(position),
  });

  return {
    quit: wishes.quit,
    interrupt: wishes.interrupt,
    suspend: wishes.suspend,

    async positionsOf(user) {
      const { positions = [] } = await wishes.command({ name: 'positions', user: userId.parse(user) });
      return positions.map(({ read_only: readOnly, shared_with: sharedWith, ...rest }) => ({
        ...rest,
        readOnly,
        sharedWith,
      }));
    },
    share: (user, position, others) =>
      act({ verb: 'share', ...by(user, position), others: others.map((other) => userId.parse(other)) }),
    comment: (user, position, text) => act({ verb: 'comment', ...by(user, position), text }),
    update: (user, position, notes) => act({ verb: 'update', ...by(user, position), set: { notes } }),
    revoke: (user, position, other) =>
      act({ verb: 'revoke', ...by(user, position), other: userId.parse(other) }),

    kill: (instance) => ask({ name: 'kill', instance }),
    restart: (instance) => ask({ name: isDown(instance) ? 'start' : 'restart', instance }),
    cut: (user) => ask({ name: 'cut', user: userId.parse(user) }),
    heal: (user) => ask({ name: 'heal', which: user }),

    followLog: (name, listener) => followLog(join(logs, `${name}.log`), listener),
    nextStep: () => void ask({ name: 'step' }),
  };
}
