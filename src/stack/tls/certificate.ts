import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  bits,
  explicit,
  implicit,
  integer,
  octets,
  oid,
  sequence,
  set,
  small,
  text,
  time,
  yes,
} from './der.ts';

/** A certificate in PEM with its private key, also in PEM (PKCS #8). */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

/** Who signs the certificates of one run. Its key is in memory and nowhere else. */
export interface Authority {
  readonly cert: string;
  /** A certificate for a server at `localhost`, `127.0.0.1` and `::1`. */
  certify(name: string): Certified;
}

const hourMs = 3_600_000;
/** A run is over by then; and clocks may differ at its beginning. */
const lifeMs = 30 * 24 * hourMs;
const slackMs = hourMs;

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
const localhost = Buffer.from('localhost', 'latin1');
const ipv4Loopback = Buffer.from([127, 0, 0, 1]);
const ipv6Loopback = Buffer.concat([Buffer.alloc(15), Buffer.from([1])]);

/**
 * Makes an authority (X.509 version 3, ECDSA P-256, RFC 5280) that can vouch for names of this machine only: believed
 * by somebody else by mistake, it does no harm.
 */
export function createAuthority(name: string, now = new Date()): Authority {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ownId = keyId(own.publicKey);
  const mine: Omit<Subject, 'name' | 'publicKey' | 'extensions'> = {
    issuer: name,
    now,
    signedWith: own.privateKey,
  };
  return {
    cert: certificate({
      ...mine,
      name,
      publicKey: own.publicKey,
      extensions: [
        extension('2.5.29.19', sequence(yes(), small(0)), { critical: true }),
        // keyCertSign and cRLSign
        extension('2.5.29.15', bits(Buffer.from([0b0000_0110]), 1), { critical: true }),
        extension('2.5.29.30', sequence(explicit(0, loopbackOnly())), { critical: true }),
        extension('2.5.29.14', octets(ownId)),
      ],
    }),
    certify(server) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const cert = certificate({
        ...mine,
        name: server,
        publicKey,
        extensions: [
          extension('2.5.29.19', sequence(), { critical: true }),
          // digitalSignature
          extension('2.5.29.15', bits(Buffer.from([0b1000_0000]), 7), { critical: true }),
          extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'))),
          extension('2.5.29.17', sequence(dns(localhost), ip(ipv4Loopback), ip(ipv6Loopback))),
          extension('2.5.29.14', octets(keyId(publicKey))),
          extension('2.5.29.35', sequence(implicit(0, ownId))),
        ],
      });
      return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    },
  };
}

interface Subject {
  readonly name: string;
  readonly issuer: string;
  readonly now: Date;
  readonly publicKey: KeyObject;
  readonly signedWith: KeyObject;
  readonly extensions: readonly Buffer[];
}

function certificate({ name, issuer, now, publicKey, signedWith, extensions }: Subject): string {
  const signed = sequence(
    // Version 3 counts from 0.
    explicit(0, small(2)),
    integer(randomBytes(16)),
    ecdsaWithSha256,
    distinguished(issuer),
    sequence(time(new Date(now.getTime() - slackMs)), time(new Date(now.getTime() + lifeMs))),
    distinguished(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions)),
  );
  const whole = sequence(signed, ecdsaWithSha256, bits(sign('sha256', signed, signedWith)));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** A name that is nothing but a common name. */
const distinguished = (name: string): Buffer => sequence(set(sequence(oid('2.5.4.3'), text(name))));

const extension = (id: string, value: Buffer, { critical = false } = {}): Buffer =>
  sequence(oid(id), ...(critical ? [yes()] : []), octets(value));

const dns = (name: Buffer): Buffer => implicit(2, name);
const ip = (address: Buffer): Buffer => implicit(7, address);

/** The names that may be vouched for, addresses with their masks. */
const loopbackOnly = (): Buffer =>
  Buffer.concat([
    sequence(dns(localhost)),
    sequence(ip(Buffer.from([127, 0, 0, 0, 255, 0, 0, 0]))),
    sequence(ip(Buffer.concat([ipv6Loopback, Buffer.alloc(16, 0xff)]))),
  ]);

const keyId = (key: KeyObject): Buffer =>
  createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
