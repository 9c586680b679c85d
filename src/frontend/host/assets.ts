import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { messageOf, Problem } from '../../problem.ts';

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

/** The built page: its document, and what that names, by path. */
export interface Assets {
  readonly document: Buffer;
  readonly byPath: ReadonlyMap<string, Asset>;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Reads the whole page into memory: it is small, and what is not there then can never be served.
 * @throws Problem `no-page` where it was not built
 */
export async function loadAssets(folder: string): Promise<Assets> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const loaded = files.map(async (file): Promise<[string, Asset][]> => {
      const type = types[extname(file)];
      const path = `/${relative(folder, file).split(sep).join('/')}`;
      return type === undefined ? [] : [[path, { type, body: await readFile(file) }]];
    });
    return {
      document: await readFile(join(folder, 'index.html')),
      byPath: new Map((await Promise.all(loaded)).flat()),
    };
  } catch (error) {
    throw noPage(folder, error);
  }
}

const noPage = (folder: string, cause: unknown) =>
  new Problem({
    code: 'no-page',
    message: `The pages cannot be read from ${folder}: ${messageOf(cause)}.`,
    hint: 'In a checkout, "npm run build" makes them; or start with --no-pages.',
    cause,
  });
