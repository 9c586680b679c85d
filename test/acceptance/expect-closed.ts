import { expect } from 'vitest';
import { type CloseWord, closeRules } from '../../src/protocol/close-codes.ts';
import type { Client, Face } from './client.ts';

/** It is told why, its connection ends, and it comes back or stays away as the rules for that word have it. */
export async function expectClosed(face: Face, client: Client, word: CloseWord): Promise<void> {
  const { code, reaction } = closeRules[word];
  const comesBack = reaction !== 'stop';
  const error = await client.next('collab_error', (told) => told.code === word);
  expect(error).toMatchObject({ retryable: comesBack, close_code: code });
  const closed = await client.next('closed');
  expect(closed).toEqual({ comesBack, ...(face.showsCodes && { code }) });
}
