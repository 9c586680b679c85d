import { Option } from 'commander';

/** `--tls`, the same for every command that starts a stack. */
export const tlsOption = (): Option =>
  new Option('--tls', 'everything speaks TLS, with certificates of an authority of this run');

export const noTlsOption = (): Option =>
  new Option('--no-tls', 'without TLS, also where the configuration wants it');
