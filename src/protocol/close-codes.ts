/** What a client does about a closed connection. */
export type CloseReaction = 'stop' | 'new-token' | 'back-off' | 'soon';

export interface CloseRule {
  readonly code: number;
  readonly reaction: CloseReaction;
  readonly meaning: string;
}

/**
 * Why the relay closes a connection: the word travels in `collab_error` (Socket.IO clients never see WebSocket codes),
 * the number in the close frame of the plain face. Ranges follow `references/relays.md` section 6.
 */
export const closeRules = {
  protocol: { code: 4400, reaction: 'stop', meaning: 'a frame that is not of this protocol' },
  bad_token: { code: 4401, reaction: 'stop', meaning: 'the token is missing, malformed or not valid here' },
  forbidden: { code: 4403, reaction: 'stop', meaning: 'the token is for somebody else' },
  replaced: { code: 4409, reaction: 'stop', meaning: 'the same user connected again; the newest wins' },
  token_expired: { code: 4498, reaction: 'new-token', meaning: 'the token expired while connected' },
  hello_timeout: { code: 4408, reaction: 'back-off', meaning: 'no hello in time' },
  too_big: { code: 4413, reaction: 'back-off', meaning: 'a frame over the size limit' },
  abuse: { code: 4429, reaction: 'back-off', meaning: 'a shut limit was hammered' },
  slow_consumer: { code: 4480, reaction: 'back-off', meaning: 'what was sent is not being read' },
  no_keys: { code: 4500, reaction: 'back-off', meaning: 'the keys of the token issuer cannot be had now' },
  full: { code: 4503, reaction: 'back-off', meaning: 'no room for another connection' },
  draining: { code: 1012, reaction: 'soon', meaning: 'this node is going away' },
} as const satisfies Record<string, CloseRule>;

export type CloseWord = keyof typeof closeRules;
