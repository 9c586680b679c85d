import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import { messageOf } from '../problem.ts';

export interface GetOptions {
  /** Certificates in PEM by which the server is known; undefined: the usual ones. */
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
  readonly token?: string | undefined;
}

/** Asks a server of this machine once, on a connection of its own: the answer, or in words why there is none. */
export function getText(
  url: URL,
  { ca, signal, token }: GetOptions,
): Promise<{ readonly status: number; readonly body: string } | string> {
  return new Promise((resolve) => {
    const get = url.protocol === 'https:' ? getHttps : getHttp;
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const options = { agent: false, signal, headers, ...(ca !== undefined && { ca }) };
    const request = get(url, options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
      });
      response.on('error', (error) => resolve(messageOf(error)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on('error', (error) => resolve(`${url.host} does not answer (${messageOf(error)})`));
  });
}
