import { createServer, type ServerResponse } from 'node:http';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { onTestFinished } from 'vitest';
import { listen } from '../../src/http/listen.ts';
import { issuerKey } from '../../src/protocol/issuer-keys.ts';

/** Somebody who vouches for users with a key pair of any kind. */
export async function anIssuer(alg: string, kid?: string) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = issuerKey.parse({ ...(await exportJWK(publicKey)), ...(kid !== undefined && { kid }) });
  return {
    jwk,
    privateKey,
    /** The public key in the text that others know. */
    pem: await exportSPKI(publicKey),
    sign: (user: string, claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}) =>
      new SignJWT({ sub: user, aud: 'collab-relay', exp: inAnHour(), ...claims })
        .setProtectedHeader({ alg, ...(kid !== undefined && { kid }), ...header })
        .sign(privateKey),
  };
}

export const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600;

/** A place where keys are published, whose answer a test can change. */
export async function publish(first: (response: ServerResponse) => void) {
  let answer = first;
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    answer(response);
  });
  const { url } = await listen(server, { host: '127.0.0.1', port: 0, what: 'The issuer' });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `${url}/jwks.json`,
    requests: () => requests,
    answerWith(next: (response: ServerResponse) => void) {
      answer = next;
    },
  };
}

export const keys =
  (...jwks: readonly unknown[]) =>
  (response: ServerResponse): void =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: jwks }));
