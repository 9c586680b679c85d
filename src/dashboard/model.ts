import type { JournalEntry } from '../protocol/records.ts';
import { type Faults, takeFault } from './faults.ts';
import { Feed } from './feed/feed.ts';
import { type Instances, takeOfUser, takeProcess } from './instances.ts';
import { type Rate, rate } from './rates.ts';
import { type ScenarioProgress, scenarioAfter } from './scenario.ts';

/** All that the dashboard shows of a run, folded from its journal and from nothing else. Changes in place. */
export interface Model {
  /** The last journal number that was folded in. */
  last: number;
  readonly instances: Instances;
  readonly feed: Feed;
  readonly faults: Faults;
  scenario: ScenarioProgress | undefined;
  /** The newest warning. */
  warning: string | undefined;
  /** How many events begin, and how many arrive, per second. */
  readonly began: Rate;
  readonly arrived: Rate;
}

export const newModel = (keptEvents?: number): Model => ({
  last: 0,
  instances: new Map(),
  feed: new Feed(keptEvents),
  faults: new Map(),
  scenario: undefined,
  warning: undefined,
  began: rate(),
  arrived: rate(),
});

/** Folds one entry in, in constant time. `now` is the reader's clock in ms, for the rates. */
export function take(model: Model, entry: JournalEntry, now: number): void {
  model.last = entry.n;
  switch (entry.type) {
    case 'step': {
      const before = model.feed.last;
      const arrived = model.feed.take(entry);
      if (model.feed.last > before) model.began.count(now);
      for (let n = 0; n < arrived; n++) model.arrived.count(now);
      break;
    }
    case 'process':
      takeProcess(model.instances, entry);
      break;
    case 'connection':
    case 'presence':
    case 'outbox':
      takeOfUser(model.instances, entry);
      break;
    case 'fault':
      takeFault(model.faults, entry);
      break;
    case 'scenario':
    case 'scenario_step':
      model.scenario = scenarioAfter(model.scenario, entry);
      break;
    case 'note':
      if (entry.level === 'warn') model.warning = `${entry.process}: ${entry.text}`;
      break;
    case 'gap':
      model.warning = `${entry.name} died with its last records unwritten`;
      break;
    case 'friends':
    case 'resync':
    case 'served':
    case 'link_fault':
      break;
    default:
      entry satisfies never;
  }
}
