import type { RequestListener } from 'node:http';
import { sendRefusal } from '../http/answer.ts';
import { listen } from '../http/listen.ts';
import { openServer } from '../http/open-server.ts';
import { Refused } from '../http/refused.ts';
import { loadAuthorities, loadTls } from '../http/tls.ts';
import type { BackendConfig } from '../protocol/backend-config.ts';
import type { Census } from '../protocol/census.ts';
import type { SubmitReply } from '../protocol/receipts.ts';
import type { Tell } from '../protocol/records.ts';
import { checkTrust } from './check-trust.ts';
import { openDirect } from './direct/open-direct.ts';
import { openUserBackend, type UserBackend } from './user-backend.ts';

export interface Backend extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  census(): Census;
  /** Sends a raw event over the backend's own way to others, past its outbox. */
  emit(event: Record<string, unknown>): Promise<SubmitReply>;
}

/** How long a client may take to say what it wants. */
const headMs = 10_000;
/** How long a connection is kept that says nothing: peers keep theirs, and look again when it ends. */
const keepAliveMs = 65_000;

/**
 * Starts one user's backend; it serves before it has reached the relay, and says so in `/readyz`. Without a relay it
 * calls the backends of its peers. Rejects with a Problem.
 */
export async function openBackend(
  config: BackendConfig,
  { tell }: { readonly tell: Tell },
): Promise<Backend> {
  checkTrust(config);
  const whose = `${config.user_id}'s backend`;
  const tls = config.tls && (await loadTls(config.tls, whose));
  const authorities = config.ca_file && (await loadAuthorities(config.ca_file, whose));
  let user: UserBackend | undefined;
  // The user's part has to know the port: for that moment everybody is asked to come back.
  const comeBack: RequestListener = (_, response) => sendRefusal(response, new Refused('unavailable'));
  const server = openServer({ tls, headMs }, (request, response) =>
    (user?.listener ?? comeBack)(request, response),
  );
  server.keepAliveTimeout = keepAliveMs;
  server.on('upgrade', (request, socket, head) => {
    if (user) user.upgrade(request, socket, head);
    else socket.destroy();
  });
  const close = async () => {
    const closing = user;
    // First of all: nobody is to be told of an act that nothing sends any more.
    user = undefined;
    await closing?.[Symbol.asyncDispose]();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
  const { url, port } = await listen(server, {
    host: config.host,
    port: config.port,
    what: whose,
    scheme: tls ? 'https' : 'http',
  });
  try {
    const publicUrl = (config.public_url ?? url).replace(/\/+$/, '');
    const opened = await openUserBackend(config, {
      publicUrl,
      authorities,
      tell,
      ...(config.collab_url === undefined && {
        otherWay: (own) => openDirect({ ...own, config, authorities }),
      }),
    });
    user = opened;
    return {
      url,
      port,
      emit: (event) => opened.emit(event),
      census: () => opened.census(),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
