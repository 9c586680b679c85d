import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';

/** What a `.env` sets; undefined where there is none. */
export async function readVariables(path: string | undefined): Promise<Record<string, string> | undefined> {
  if (path === undefined) return undefined;
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  return Object.fromEntries(Object.entries(parseEnv(text)).map(([name, value]) => [name, value ?? '']));
}
