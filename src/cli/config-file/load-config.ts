import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ParsedConfig, parseConfig } from '../../config/parse-config.ts';
import type { ProjectConfig } from '../../config/project-config.ts';
import { messageOf, Problem } from '../../problem.ts';
import { renderComplaints } from '../../scenario/complaint.ts';
import { fixturesAbove, shownPath } from '../../scenario/discover.ts';
import { loadPortfolios } from '../../scenario/portfolios.ts';
import { usualUsers } from '../users.ts';
import { type ConfigPlace, type FoundConfig, findConfig } from './find-config.ts';
import { readVariables } from './read-variables.ts';

/** A configuration file that was read, whatever is in it. */
export interface ReadConfig extends FoundConfig {
  /** For people: from where they are. */
  readonly shown: string;
  /** The `.env` beside it, where there is one. */
  readonly envFile: string | undefined;
  readonly parsed: ParsedConfig;
}

export interface LoadedConfig extends Omit<ReadConfig, 'parsed'> {
  readonly config: ProjectConfig;
}

/** `home` is any folder of this package. */
export async function readConfig(
  place: ConfigPlace & { readonly home: string },
): Promise<ReadConfig | undefined> {
  const found = await findConfig(place);
  return found && readFound(found, place);
}

/** Reads one that is known to be there. */
export async function readFound(
  found: FoundConfig,
  { cwd, env, home }: ConfigPlace & { readonly home: string },
): Promise<ReadConfig> {
  const folder = dirname(found.path);
  const shown = shownPath(found.path, cwd);
  const envFile = join(folder, '.env');
  const [text, dotenv, fixtures] = await Promise.all([
    readFile(found.path, 'utf8').catch((error: unknown) => {
      throw unreadable(shown, error);
    }),
    readVariables(envFile),
    loadPortfolios(join(fixturesAbove(home), 'portfolios')),
  ]);
  const parsed = parseConfig(shown, text, {
    folder,
    variables: { ...dotenv, ...env },
    fixtures,
    usualUsers,
    isFolder: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
  });
  return { ...found, shown, envFile: dotenv && envFile, parsed };
}

/**
 * The configuration that counts here; undefined without one.
 * @throws Problem with every complaint about it
 */
export async function loadConfig(
  place: ConfigPlace & { readonly home: string },
): Promise<LoadedConfig | undefined> {
  const read = await readConfig(place);
  if (!read) return undefined;
  const { parsed, ...rest } = read;
  if (!parsed.ok) throw notValid(renderComplaints(parsed.source, parsed.complaints));
  return { ...rest, config: parsed.config };
}

const notValid = (complaints: string) => new Problem({ code: 'bad-config', message: complaints, exit: 2 });

const unreadable = (path: string, cause: unknown) =>
  new Problem({ code: 'unreadable', message: `${path} cannot be read: ${messageOf(cause)}`, cause, exit: 2 });
