import { join } from 'node:path';
import { pageUrls } from './page-urls.ts';
import type { InstanceState, Snapshot } from './supervisor/control-frames.ts';

/** What is printed once when everything is up: who is where, where it is written down, how to end it. */
export function readyBlock(snapshot: Snapshot, folder: string): string[] {
  const { instances, friends, topology = 'relay', ready_ms: ms } = snapshot;
  const names = Math.max(...instances.map(({ name }) => name.length));
  const urls = Math.max(...instances.map(({ url }) => url?.length ?? 0));
  const line = ({ name, url = '', pid, state, start_ms: startMs }: InstanceState): string => {
    const took = startMs === undefined ? '' : `${Math.round(startMs)} ms`;
    const columns = [name.padEnd(names), url.padEnd(urls), `pid ${pid ?? '-'}`.padEnd(11), state, took];
    return `  ${columns.join('  ')}`.trimEnd();
  };

  const isSecure = snapshot.relay_url?.startsWith('https:') === true;
  const facts: readonly (readonly [string, string])[] = [
    ['pages', pageUrls(snapshot.pages) || 'none; the live socket of each backend is /ws/collab'],
    ['topology', topology === 'relay' ? '' : withoutRelay[topology]],
    ['friends', pairs(friends)],
    ['tls', isSecure ? `curl --cacert ${join(folder, 'secrets', 'ca.pem')} …` : ''],
    ['logs', join(folder, 'logs')],
    ['journal', join(folder, 'journal')],
    ['stop', snapshot.detached ? `collab-dev down${byName(snapshot)}` : 'Ctrl-C'],
  ];
  return [
    `collab-dev is ready${ms === undefined ? '' : ` in ${Math.round(ms)} ms`}, run ${snapshot.run_id}`,
    '',
    ...instances.map(line),
    '',
    ...facts.filter(([, text]) => text !== '').map(([name, text]) => `  ${name.padEnd(9)}${text}`),
    '',
  ];
}

/** Who gives a stack a name has others beside it. */
const byName = ({ name }: Snapshot): string => (name === undefined ? '' : ` --run ${name}`);

/** What there is instead of a relay. */
const withoutRelay = {
  direct: 'direct: the backends call one another, and there is no relay',
  single: 'single: one process serves all users, and there is no relay',
} as const;

/** `alice–bob`, each pair once; who has no friend that says so too is a stranger. */
function pairs(friends: Snapshot['friends']): string {
  const isMutual = (a: string, b: string): boolean =>
    friends[a]?.includes(b) === true && friends[b]?.includes(a) === true;
  const names = Object.keys(friends);
  const mutual = names.flatMap((user) =>
    names.filter((other) => user < other && isMutual(user, other)).map((other) => `${user}–${other}`),
  );
  const strangers = names.filter((user) => !names.some((other) => isMutual(user, other)));
  const most = 12;
  const shown = mutual.length > most ? [`${mutual.length} pairs`] : mutual;
  const alone = strangers.length > 0 ? [`strangers: ${strangers.join(', ')}`] : [];
  return [...shown, ...alone].join(', ');
}
