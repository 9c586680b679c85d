import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument, type YAMLError } from 'yaml';
import type { Complaint, Range } from './complaint.ts';
import type { Source } from './source.ts';
import { aliasHint, complaintOfYaml, type FileKind, scenarioKind, tagHint } from './yaml-traps.ts';

export type Path = readonly (string | number)[];

/** A YAML text as plain values, which still knows where each of them stands. */
export interface YamlTree {
  readonly value: unknown;
  /** The complaints of YAML itself; if `broken`, the value is not worth looking at. */
  readonly complaints: readonly Complaint[];
  readonly broken: boolean;
  /** Where the value at a path stands; the nearest parent where there is none. */
  rangeOf(path: Path): Range;
  /** Where the key stands under which the value at a path is found. */
  keyRangeOf(path: Path): Range;
  /** The value as it was typed: `007` and not 7. */
  typedAt(path: Path): string | undefined;
  textOf(range: Range): string;
  lineOf(offset: number): number;
}

/** Reads one YAML 1.2 document. Aliases, anchors and tags are no part of the language and are complained about. */
export function readYaml(source: Source, kind: FileKind = scenarioKind): YamlTree {
  const document = parseDocument(source.text, { prettyErrors: false, stringKeys: true });
  const values = new Map<string, Range>();
  const keys = new Map<string, Range>();
  const typed = new Map<string, string>();
  const complaints: Complaint[] = oneEachLine(source, document.errors).map((e) =>
    complaintOfYaml(source, e, kind),
  );
  const broken = complaints.length > 0;
  const value = document.contents === null ? null : convert(document.contents, []);

  const nearest = (found: Map<string, Range>, path: Path): Range =>
    found.get(key(path)) ?? (path.length === 0 ? { start: 0, end: 1 } : nearest(values, path.slice(0, -1)));
  return {
    value,
    complaints,
    broken,
    rangeOf: (path) => nearest(values, path),
    keyRangeOf: (path) => nearest(keys, path),
    typedAt: (path) => typed.get(key(path)),
    textOf: ({ start, end }) => source.text.slice(start, end),
    lineOf: (offset) => source.at(offset).line,
  };

  function convert(node: unknown, path: Path): unknown {
    const range = rangeOfNode(node);
    if (range) values.set(key(path), range);
    if (isAlias(node)) {
      if (range) complaints.push({ ...range, severity: 'error', ...aliasHint(node.source, '*', kind) });
      return `*${node.source}`;
    }
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return null;
    if (range && !broken) tagsAndAnchors(node, range);
    if (isScalar(node)) {
      if (typeof node.source === 'string') typed.set(key(path), node.source);
      // `&x` with nothing behind it was meant as text: one complaint about it is enough.
      return node.value === null && node.anchor !== undefined ? `&${node.anchor}` : node.value;
    }
    if (isSeq(node)) return node.items.map((item, i) => convert(item, [...path, i]));
    const map: [string, unknown][] = [];
    for (const pair of node.items) {
      const name = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
      const inside = [...path, name];
      const keyRange = rangeOfNode(pair.key);
      if (keyRange) keys.set(key(inside), keyRange);
      map.push([name, convert(pair.value, inside)]);
      // `bob:` with nothing behind it: point at the key.
      if (keyRange && !values.has(key(inside))) values.set(key(inside), keyRange);
    }
    return Object.fromEntries(map);
  }

  function tagsAndAnchors(node: Node, range: Range): void {
    const before = source.text.slice(0, range.start).match(/[!&][^\s]*\s*$/)?.[0] ?? '';
    const start = range.start - before.length;
    const token = { start, end: start + Math.max(1, before.trimEnd().length) };
    if ('anchor' in node && typeof node.anchor === 'string') {
      complaints.push({ ...token, severity: 'error', ...aliasHint(node.anchor, '&', kind) });
    } else if (node.tag !== undefined && source.text[start] === '!') {
      complaints.push({ ...token, severity: 'error', ...tagHint(node.tag, kind) });
    }
  }
}

/** YAML's parser stumbles on after its first error in a line: what it says then helps nobody. */
function oneEachLine(source: Source, errors: readonly YAMLError[]): YAMLError[] {
  const seen = new Set<number>();
  return errors.filter(({ pos }) => {
    const { line } = source.at(pos[0]);
    return !seen.has(line) && seen.add(line);
  });
}

function rangeOfNode(node: unknown): Range | undefined {
  if (!isScalar(node) && !isMap(node) && !isSeq(node) && !isAlias(node)) return undefined;
  if (!node.range) return undefined;
  const [start, end] = node.range;
  return { start, end: Math.max(end, start + 1) };
}

const key = (path: Path): string => JSON.stringify(path);
