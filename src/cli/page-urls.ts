import type { Snapshot } from './supervisor/control-frames.ts';

const shownAtMost = 6;

/** `alice http://127.0.0.1:3000, bob http://127.0.0.1:3001`; of very many the first ones, and how many more there are. */
export function pageUrls(pages: Snapshot['pages']): string {
  const all = Object.entries(pages).map(([user, url]) => `${user} ${url}`);
  const rest = all.length - shownAtMost;
  return [...all.slice(0, shownAtMost), ...(rest > 0 ? [`and ${rest} more in stack.json`] : [])].join(', ');
}

/** `http://127.0.0.1:3000–3002` where the ports follow one another, for a line with little room; else the first page. */
export function pagesInShort(pages: Snapshot['pages']): string | undefined {
  const urls = Object.values(pages);
  const [first, last] = [urls[0], urls.at(-1)];
  if (first === undefined || last === undefined || first === last) return first;
  const ports = urls.map((url) => Number(new URL(url).port));
  const inOrder = ports.every((port, index) => port === (ports[0] ?? 0) + index);
  return inOrder ? `${first}–${new URL(last).port}` : `${first} …`;
}
