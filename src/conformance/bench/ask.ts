import { z } from 'zod';
import { exchange, jsonOf } from '../../http/exchange.ts';
import { Broken } from '../check.ts';

export interface Question {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'OPTIONS';
  readonly path: string;
  /** Without one no `Authorization` is sent. */
  readonly token?: string | undefined;
  /** How the token is called in a report: `the owner's token`. */
  readonly as?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a backend answered, with what can be expected of it. */
export class Answer {
  readonly sent: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;

  constructor(sent: string, status: number, headers: Answer['headers'], text: string) {
    this.sent = sent;
    this.status = status;
    this.headers = headers;
    this.text = text;
  }

  get came(): string {
    const shown = this.text.length > 300 ? `${this.text.slice(0, 300)}…` : this.text;
    return `${this.status} ${shown}`.trim();
  }

  get json(): unknown {
    return jsonOf(this.text);
  }

  broken(expected: string): Broken {
    return new Broken({ sent: this.sent, came: this.came, expected });
  }

  /** @throws Broken for any other status */
  expect(...statuses: readonly number[]): this {
    if (!statuses.includes(this.status)) throw this.broken(statuses.join(' or '));
    return this;
  }

  /** Its body by a schema. @throws Broken where it is not of that form */
  as<T extends z.ZodType>(schema: T): z.output<T> {
    const parsed = z.safeParse(schema, this.json);
    if (!parsed.success) throw this.broken(`a body of the contract's form: ${inOneLine(parsed.error)}`);
    return parsed.data;
  }
}

export const inOneLine = (error: z.core.$ZodError): string =>
  error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.map(String).join('.') || 'the whole'}: ${message}`)
    .join('; ');

const timeoutMs = 10_000;

/**
 * One request on a connection of its own; redirects are answers like any other.
 * @throws Broken where no answer comes
 */
export async function ask(origin: string, question: Question): Promise<Answer> {
  const { method = 'GET', path, token, as, body, headers = {} } = question;
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const who = as ?? (token === undefined ? 'no token' : 'a token');
  const sent = [`${method} ${path}`, ...(text === undefined ? [] : [shortened(text)]), `(${who})`].join(' ');
  const reply = await exchange({
    method,
    url: new URL(path, origin),
    headers: {
      accept: 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(text !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: text,
    timeoutMs,
  });
  if (!reply.answered) throw new Broken({ sent, came: `no answer (${reply.why})`, expected: 'an answer' });
  return new Answer(sent, reply.status, reply.headers, reply.body);
}

const shortened = (text: string): string => (text.length > 160 ? `${text.slice(0, 160)}…` : text);
