import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:https';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../../src/http/listen.ts';
import { createAuthority } from '../../src/stack/tls/certificate.ts';

/** What a client gets from a server with this certificate: a status, or why it does not believe it. */
async function visit(
  { cert, key }: { readonly cert: string; readonly key: string },
  { ca, host = '127.0.0.1' }: { readonly ca: string; readonly host?: string },
): Promise<number | string> {
  const server = createServer({ cert, key }, (_, response) => response.end());
  const { port } = await listen(server, { host: '127.0.0.1', port: 0, what: 'The test' });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const asking = request({
    host: '127.0.0.1',
    servername: host === '127.0.0.1' ? '' : host,
    port,
    ca,
    agent: false,
  });
  const answer = Promise.race([
    once(asking, 'response').then(([{ statusCode }]) => Number(statusCode)),
    once(asking, 'error').then(([error]) => String(error.code)),
  ]);
  asking.on('error', () => {});
  asking.end();
  return answer.catch((error) => String(error.code));
}

test('what an authority certified is believed by whom knows it, at the names of this machine', async () => {
  const authority = createAuthority('run 1');
  const relay = authority.certify('relay');
  expect(await visit(relay, { ca: authority.cert })).toBe(200);
  expect(await visit(relay, { ca: authority.cert, host: 'localhost' })).toBe(200);
  expect(await visit(relay, { ca: authority.cert, host: 'relay.example' })).toBe(
    'ERR_TLS_CERT_ALTNAME_INVALID',
  );
  expect(await visit(relay, { ca: createAuthority('run 1').cert })).toMatch(/SIGNATURE|ISSUER|VERIFY/);
});

test('certificates are well formed: who, by whom, for what and how long', () => {
  const now = new Date('2026-06-01T12:00:00.000Z');
  const authority = createAuthority('run 1', now);
  const ca = new X509Certificate(authority.cert);
  const { cert, key } = authority.certify('alice');
  const alice = new X509Certificate(cert);
  expect(ca).toMatchObject({ ca: true, subject: 'CN=run 1', issuer: 'CN=run 1' });
  expect(alice).toMatchObject({
    ca: false,
    subject: 'CN=alice',
    issuer: 'CN=run 1',
    subjectAltName: 'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    keyUsage: ['1.3.6.1.5.5.7.3.1'],
    validFrom: 'Jun  1 11:00:00 2026 GMT',
    validTo: 'Jul  1 12:00:00 2026 GMT',
  });
  expect(alice.checkIssued(ca) && alice.verify(ca.publicKey) && ca.verify(ca.publicKey)).toBe(true);
  expect(alice.serialNumber).not.toBe(new X509Certificate(authority.certify('alice').cert).serialNumber);
  expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----/);
});
