import { plainText } from '../journal/plain-text.ts';

/** A value as a file would write it in one line, at most 80 characters. */
export function show(value: unknown): string {
  const text = plainText(typeof value === 'string' ? JSON.stringify(value) : plain(value));
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

function plain(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `[${value.map(plain).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const inside = Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .map(([k, v]) => `${k}: ${plain(v)}`);
    return inside.length === 0 ? '{}' : `{ ${inside.join(', ')} }`;
  }
  return JSON.stringify(value) ?? String(value);
}

/** What kind of thing a value is, with its article: for "must be text, not a number". */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return `${value}`;
  return typeof value === 'number' ? 'a number' : 'a map';
}
