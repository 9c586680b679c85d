import type { TlsFiles } from '../../protocol/tls-files.ts';
import type { Secrets } from '../secrets.ts';
import { createAuthority } from './certificate.ts';

/** The certificates of one run, and the authority by which everybody in it knows the others. */
export interface RunTls {
  /** The authority's certificate, in PEM. */
  readonly authorities: string;
  /** The same as a file. */
  readonly authoritiesFile: string;
  /** A certificate for a server of this run, with its key, as files. */
  filesFor(name: string): Promise<TlsFiles>;
}

export async function createRunTls(runId: string, secrets: Secrets): Promise<RunTls> {
  const authority = createAuthority(`collab-dev run ${runId}`);
  const authoritiesFile = await secrets.write('ca.pem', authority.cert);
  return {
    authorities: authority.cert,
    authoritiesFile,
    async filesFor(name) {
      const { cert, key } = authority.certify(name);
      return {
        cert_file: await secrets.write(`${name}.cert.pem`, cert),
        key_file: await secrets.write(`${name}.key.pem`, key),
      };
    },
  };
}
