import { delimiter, join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';

/** A Node on the PATH that is older than what we ask for. Many machines have none, and it is not worth a download. */
export async function findOldNode(): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const node = join(folder, 'node');
    const { stdout, failed } = await execa(node, ['-p', 'process.versions.node'], { reject: false });
    const [major = 0] = stdout.split('.').map(Number);
    if (!failed && major < 24) return node;
  }
  return undefined;
}
