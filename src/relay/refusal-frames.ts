import { type CloseWord, closeRules } from '../protocol/close-codes.ts';
import type { CollabError } from '../protocol/relay-socket.ts';

/** Whether the other end is to stay away for good. */
export const isTerminal = (word: CloseWord): boolean => closeRules[word].reaction === 'stop';

/** What is said before a connection is closed. */
export function errorFrame(word: CloseWord): CollabError {
  const { code, meaning } = closeRules[word];
  return { code: word, message: meaning, retryable: !isTerminal(word), close_code: code };
}
