import { distance } from 'fastest-levenshtein';

/** The candidate that was probably meant: at most a third of its letters away, and at least one may be wrong. */
export function nearest(typed: string, candidates: Iterable<string>): string | undefined {
  let best: { name: string; off: number } | undefined;
  for (const name of candidates) {
    const off = isAnagram(typed, name) ? 1 : distance(typed.toLowerCase(), name.toLowerCase());
    const allowed = Math.max(1, Math.floor(Math.max(name.length, typed.length) / 3));
    if (off <= allowed && (!best || off < best.off)) best = { name, off };
  }
  return best?.name;
}

/** Letters in another order (`klil`) are one slip of the fingers, and two by Levenshtein's count. */
function isAnagram(a: string, b: string): boolean {
  return a !== b && [...a].sort().join() === [...b].sort().join();
}

/** ` Did you mean "bob"?`, or nothing. To be set behind a sentence. */
export function didYouMean(typed: string, candidates: Iterable<string>): string {
  const name = nearest(typed, candidates);
  return name === undefined || name === typed ? '' : ` Did you mean "${name}"?`;
}

/** `alice, bob and carol`; nothing of nothing. */
export function listed(names: Iterable<string>, word = 'and'): string {
  const all = [...names];
  const last = all.pop();
  if (last === undefined) return '';
  return all.length === 0 ? last : `${all.join(', ')} ${word} ${last}`;
}
