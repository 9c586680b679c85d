import { InvalidArgumentError } from 'commander';
import { durationPattern, milliseconds } from '../scenario/duration.ts';

/** A duration as scenario files write it, in milliseconds; for commander's `argParser`. */
export function durationOf(text: string): number {
  if (!durationPattern.test(text))
    throw new InvalidArgumentError('It is a number with its unit, like 500ms, 2s or 5m.');
  return milliseconds(text);
}
