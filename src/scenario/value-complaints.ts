import type { z } from 'zod';
import { complaintsOfIssues } from './issue-complaints.ts';
import { sourceOf } from './source.ts';
import { readYaml } from './yaml-tree.ts';

export interface ValueSubject {
  /** What the value is, for sentences: `drop`, `the backend of bob`. */
  readonly of: string;
  /** What a key of it is called: `option`, `key`. */
  readonly noun: string;
  readonly value: unknown;
  readonly schema: unknown;
}

/** The sentences that a value gets which stands in no file, as it would get them there. */
export function valueComplaints(
  issues: readonly z.core.$ZodIssue[],
  { of, noun, value, schema }: ValueSubject,
): string[] {
  // JSON is YAML: so there is a text that the complaints are about, though nobody sees it.
  const tree = readYaml(sourceOf(of, JSON.stringify({ [of]: value })));
  const subject = { tree, at: [of], of, noun, value, schemas: [schema] };
  return complaintsOfIssues(issues, subject).map(({ message, hint }) =>
    [message, hint].filter(Boolean).join(' '),
  );
}
