import { type PageSession, pageSession, pageSessionPath } from '../../../protocol/pages-config.ts';

/** Whose page this is and its token, held in memory alone: a reload asks anew. */
export interface Session {
  /** The one at hand, or a first one. Rejects where the page's host cannot give one now. */
  current(): Promise<PageSession>;
  /** Forgets a token that is not good any more; others that ask meanwhile wait for the same new one. */
  renew(spent: string): void;
}

export function openSession(): Session {
  let held: Promise<PageSession> | undefined;
  let token: string | undefined;

  async function ask(): Promise<PageSession> {
    const response = await fetch(pageSessionPath, { cache: 'no-store' });
    if (!response.ok) throw new Error(`The page's host answered ${response.status}.`);
    const session = pageSession.parse(await response.json());
    token = session.token;
    return session;
  }

  return {
    current() {
      held ??= ask().catch((error: unknown) => {
        held = undefined;
        throw error;
      });
      return held;
    },
    renew(spent) {
      if (token === spent) held = undefined;
    },
  };
}
