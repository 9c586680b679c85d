import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { messageOf, Problem } from '../problem.ts';
import type { TlsFiles } from '../protocol/tls-files.ts';

/** A certificate with its key, both in PEM, as servers take them. */
export interface LoadedTls {
  readonly cert: string;
  readonly key: string;
}

/**
 * Reads a certificate and its key, and makes sure that they belong together. `whose` is for the sentence: `The relay`.
 * @throws Problem `bad-certificate`, with exit code 2
 */
export async function loadTls(files: TlsFiles, whose: string): Promise<LoadedTls> {
  try {
    const [cert, key] = await Promise.all([
      readFile(files.cert_file, 'utf8'),
      readFile(files.key_file, 'utf8'),
    ]);
    createSecureContext({ cert, key });
    const { validTo } = new X509Certificate(cert);
    if (Date.parse(validTo) < Date.now()) throw new Error(`the certificate ended on ${validTo}`);
    return { cert, key };
  } catch (error) {
    throw badCertificate(whose, files, error);
  }
}

/**
 * The certificates of the authorities that are believed instead of the usual ones.
 * @throws Problem `bad-certificate`, with exit code 2
 */
export async function loadAuthorities(file: string, whose: string): Promise<string> {
  try {
    const pem = await readFile(file, 'utf8');
    new X509Certificate(pem);
    return pem;
  } catch (error) {
    throw badAuthorities(whose, file, error);
  }
}

const badCertificate = (whose: string, { cert_file, key_file }: TlsFiles, cause: unknown) =>
  new Problem({
    code: 'bad-certificate',
    message: `${whose} cannot use the certificate in ${cert_file} with the key in ${key_file}: ${messageOf(cause)}.`,
    hint: "Both are PEM files; the first may hold the whole chain, the server's own certificate first.",
    exit: 2,
    cause,
  });

const badAuthorities = (whose: string, file: string, cause: unknown) =>
  new Problem({
    code: 'bad-certificate',
    message: `${whose} cannot use ${file} as the certificates of authorities: ${messageOf(cause)}.`,
    hint: 'It is a PEM file with one certificate or more.',
    exit: 2,
    cause,
  });
