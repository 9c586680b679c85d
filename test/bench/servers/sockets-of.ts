import { readdir, readFile, readlink } from 'node:fs/promises';

const established = '01';

/** How many TCP connections of these processes were dialled by them: established, and not at one of these ports. */
export async function dialledBy(pids: readonly number[], listening: ReadonlySet<number>): Promise<number> {
  const inodes = new Set<string>();
  for (const pid of pids) {
    for (const fd of await readdir(`/proc/${pid}/fd`)) {
      const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode !== undefined) inodes.add(inode);
    }
  }
  const table = await readFile('/proc/net/tcp', 'utf8');
  return table
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .filter(([, local = '', , state, , , , , , inode = '']) => {
      const port = Number.parseInt(local.split(':')[1] ?? '', 16);
      return state === established && inodes.has(inode) && !listening.has(port);
    }).length;
}
