import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { glob } from 'tinyglobby';
import { parse } from 'yaml';
import { z } from 'zod';
import { messageOf, Problem } from '../problem.ts';
import { type PositionDraft, positionDraft } from '../protocol/positions.ts';
import { namePattern } from './leaves.ts';

const portfolio = z.record(z.string().regex(namePattern), positionDraft);

/**
 * Reads the positions of all `*.yaml` in a folder, by name. A file is a portfolio: a map from names to positions.
 * @throws Problem `bad-portfolio`, also for a name that two files give
 */
export async function loadPortfolios(folder: string): Promise<ReadonlyMap<string, PositionDraft>> {
  const found = new Map<string, PositionDraft>();
  for (const file of (await glob('*.yaml', { cwd: folder })).sort()) {
    const positions = await readPortfolio(join(folder, file));
    for (const [name, draft] of Object.entries(positions)) {
      if (found.has(name)) throw badPortfolio(join(folder, file), `"${name}" is in another portfolio too.`);
      found.set(name, draft);
    }
  }
  return found;
}

async function readPortfolio(file: string): Promise<z.output<typeof portfolio>> {
  let raw: unknown;
  try {
    raw = parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw badPortfolio(file, messageOf(error), error);
  }
  const parsed = portfolio.safeParse(raw);
  if (!parsed.success) throw badPortfolio(file, z.prettifyError(parsed.error));
  return parsed.data;
}

const badPortfolio = (file: string, why: string, cause?: unknown) =>
  new Problem({
    code: 'bad-portfolio',
    message: `${file} is no portfolio of positions: ${why}`,
    cause,
    exit: 2,
  });
