import type { YAMLError } from 'yaml';
import type { Complaint } from './complaint.ts';
import type { Source } from './source.ts';

interface Said {
  readonly message: string;
  readonly hint: string;
}

/** What a file holds, for sentences about it. */
export interface FileKind {
  readonly one: string;
  readonly many: string;
}
export const scenarioKind: FileKind = { one: 'scenario', many: 'scenarios' };

const quoteIt = 'Put the whole value into quotes.';

/** YAML's own complaint, in words that say what to do. */
export function complaintOfYaml(
  source: Source,
  { code, message, pos: [start, end] }: YAMLError,
  kind: FileKind,
): Complaint {
  const { line } = source.at(start);
  const text = source.line(line);
  const at = { start, end: Math.max(end, start + 1), severity: 'error' } as const;
  const character = source.text[start] ?? '';

  if (code === 'MULTIPLE_DOCS') {
    const end = source.text.indexOf('\n', start);
    return {
      ...at,
      end: end === -1 ? source.text.length : end,
      message: `A file holds one ${kind.one}: a second document begins here.`,
      hint: 'Move it into a file of its own.',
    };
  }
  if (code === 'TAB_AS_INDENT') {
    return { ...at, message: 'YAML is indented with spaces, never with tabs.', hint: 'Use two spaces.' };
  }
  if (code === 'DUPLICATE_KEY') {
    const key = source.text.slice(start).match(/^[^\s:]+/)?.[0] ?? '';
    return { ...at, end: start + Math.max(1, key.length), message: `"${key}" is here twice in one map.` };
  }
  if (code === 'BAD_SCALAR_START') {
    return { ...at, message: `A value cannot begin with ${character} in YAML.`, hint: quoteIt };
  }
  if (/\$regex\s*:\s*[^'"\s]/.test(text)) {
    return {
      ...at,
      message: 'YAML trips over this regular expression.',
      hint: `Put it into single quotes: { $regex: '^a+$' }.`,
    };
  }
  if (/:\s+[>|][^\n]*$/.test(text) && message.startsWith('Not a YAML token')) {
    const sign = text.match(/:\s+([>|])/)?.[1] ?? '>';
    return {
      ...at,
      message: `A value that begins with ${sign} is a block of text in YAML, which begins in the next line.`,
      hint: quoteIt,
    };
  }
  if (code === 'BLOCK_AS_IMPLICIT_KEY' || code === 'BLOCK_IN_FLOW') {
    return { ...at, end: start + 1, message: 'There is a second ": " in this value.', hint: quoteIt };
  }
  return { ...at, message: `This is not YAML: ${lowerFirst(message)}.` };
}

/** `*wow*` is a reference to an anchor in YAML, and `&x` an anchor; the language has neither. */
export function aliasHint(name: string, sign: '*' | '&', { many }: FileKind): Said {
  const what = sign === '*' ? 'an alias' : 'an anchor';
  return {
    message: `A value that begins with ${sign} is ${what} in YAML, and ${many} have none.`,
    hint: `If it is meant as text, put it into quotes: "${sign}${name}".`,
  };
}

export function tagHint(tag: string, { many }: FileKind): Said {
  return {
    message: `A value that begins with ! has a tag in YAML, and "${tag}" is none that ${many} know.`,
    hint: 'If it is meant as text, put the whole value into quotes.',
  };
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
