import { readFile } from 'node:fs/promises';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { sendJson, sendRefusal, sendText } from '../../http/answer.ts';
import { Refused } from '../../http/refused.ts';
import { type PageSession, pageSession, pageSessionPath } from '../../protocol/pages-config.ts';
import type { Asset, Assets } from './assets.ts';
import { documentPolicy, isOwnHost, isOwnPage } from './guard.ts';

export interface PageParts {
  readonly assets: Assets;
  readonly sessionFile: string;
}

/** Answers everything that one user's page asks its host: the document, what it is made of, and its session. */
export function answerPage({ assets, sessionFile }: PageParts): RequestListener {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isOwnHost(request)) throw new Refused('forbidden', { detail: 'No page has this name.' });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const path = URL.parse(request.url ?? '/', 'http://page')?.pathname;
    if (path === pageSessionPath) {
      if (!isOwnPage(request)) throw new Refused('forbidden', { detail: 'Only the page itself may ask.' });
      sendJson(response, 200, await readSession(sessionFile));
    } else if (path === '/') {
      sendDocument(response, assets, await readSession(sessionFile).catch(() => undefined));
    } else {
      const asset = assets.byPath.get(path ?? '');
      if (!asset) throw new Refused('not_found');
      sendAsset(response, asset);
    }
  }

  return (request, response) => {
    answer(request, response).catch((thrown: unknown) =>
      sendRefusal(response, thrown instanceof Refused ? thrown : new Refused('internal')),
    );
  };
}

/** Read each time: whoever issues the tokens writes the file anew, whole or not at all. */
async function readSession(file: string): Promise<PageSession> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) throw new Refused('unavailable', { detail: 'The backend has not started yet.' });
  return pageSession.parse(JSON.parse(text));
}

function sendDocument(response: ServerResponse, assets: Assets, session: PageSession | undefined): void {
  if (!session) {
    response.setHeader('refresh', '1');
    sendText(response, 503, 'text/plain; charset=utf-8', 'The stack is still starting.');
    return;
  }
  response.writeHead(200, {
    ...ownOnly,
    'content-type': 'text/html; charset=utf-8',
    'content-length': assets.document.byteLength,
    'cache-control': 'no-store',
    'content-security-policy': documentPolicy(session.backend_url),
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
  });
  response.end(assets.document);
}

/** Their names carry a hash of what is in them. */
function sendAsset(response: ServerResponse, { type, body }: Asset): void {
  response.writeHead(200, {
    ...ownOnly,
    'content-type': type,
    'content-length': body.byteLength,
    'cache-control': 'public, max-age=31536000, immutable',
  });
  response.end(body);
}

const ownOnly = { 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin' };
