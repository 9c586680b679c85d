import { Problem } from '../../problem.ts';
import { didYouMean, listed } from '../../scenario/nearest.ts';
import { simulated } from '../../scenario/stack-needs.ts';

/** Which backend stands in whose place, by user. */
export type Assigned = Readonly<Record<string, string>>;

/**
 * What `--backend bob=python` says, or COLLAB_DEV_BACKEND with commas between several.
 * @throws Problem for what is no pair, and for a name that the configuration does not give
 */
export function parseAssigned(given: readonly string[], said: string, known: readonly string[]): Assigned {
  const pairs = given.map((text): [string, string] => {
    const [user = '', name = '', ...more] = text.split('=').map((part) => part.trim());
    if (user === '' || name === '' || more.length > 0) throw noPair(text, said);
    if (name !== simulated && !known.includes(name)) throw noBackend(text, name, said, known);
    return [user, name];
  });
  return Object.fromEntries(pairs);
}

const noPair = (text: string, said: string) =>
  new Problem({
    code: 'bad-backend',
    message: `${said} ${text} is not understood: it needs a user and a backend.`,
    hint: 'Like this: --backend bob=python, with "python" under "backends" in collab-dev.yaml.',
    exit: 2,
  });

const noBackend = (text: string, name: string, said: string, known: readonly string[]) =>
  new Problem({
    code: 'bad-backend',
    message: `${said} ${text}: no configuration here has a backend "${name}".${didYouMean(name, known)}`,
    hint:
      known.length === 0
        ? 'Name it under "backends" in collab-dev.yaml; "collab-dev init" writes one to begin with.'
        : `There ${known.length === 1 ? 'is' : 'are'} ${listed(known)}, and "${simulated}".`,
    exit: 2,
  });
