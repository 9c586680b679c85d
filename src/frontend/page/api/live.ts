import { pageSocketPath } from '../../../protocol/backend-rest.ts';
import { closeRules } from '../../../protocol/close-codes.ts';
import { type PageFrame, pageFrame } from '../../../protocol/page-socket.ts';
import type { PageSession } from '../../../protocol/pages-config.ts';
import { readJson } from './read-json.ts';
import type { Session } from './session.ts';

export interface LiveOptions {
  readonly session: Session;
  /** Whose page it is, before anything else is known. */
  readonly onSession: (session: PageSession) => void;
  readonly onFrame: (frame: PageFrame) => void;
  readonly onLost: () => void;
}

const firstPauseMs = 300;
const longestPauseMs = 8000;

/** The live socket to the backend, which comes back by itself for as long as the page is open. */
export function openLive({ session, onSession, onFrame, onLost }: LiveOptions): void {
  let pause = firstPauseMs;

  async function connect(): Promise<void> {
    const current = await session.current();
    onSession(current);
    const { backend_url: backend, token } = current;
    const url = new URL(pageSocketPath, backend);
    url.protocol = url.protocol.replace('http', 'ws');
    // The one way in which a browser's socket can carry a token.
    url.searchParams.set('token', token);
    const socket = new WebSocket(url);
    let greeted = false;
    socket.addEventListener('message', ({ data }) => {
      const frame = frameOf(data);
      if (frame?.type === 'hello') {
        greeted = true;
        pause = firstPauseMs;
      }
      if (frame) onFrame(frame);
    });
    socket.addEventListener('close', ({ code }) => {
      // A refused handshake has no code of ours: the token may have been the reason.
      if (!greeted || code === closeRules.token_expired.code) session.renew(token);
      onLost();
      if (code === closeRules.token_expired.code) start();
      else later();
    });
  }

  function later(): void {
    // Full jitter: pages that lost the same backend do not come back at once.
    setTimeout(start, firstPauseMs / 2 + Math.random() * pause);
    pause = Math.min(pause * 2, longestPauseMs);
  }

  function start(): void {
    connect().catch(() => {
      onLost();
      later();
    });
  }

  start();
}

/** What this page does not know is left out: a newer backend may say more. */
function frameOf(data: unknown): PageFrame | undefined {
  return pageFrame.safeParse(readJson(String(data))).data;
}
