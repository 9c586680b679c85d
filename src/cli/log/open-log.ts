import pino from 'pino';
import { z } from 'zod';
import { plainText } from '../../journal/plain-text.ts';
import { recordWords } from '../../journal/record-words.ts';
import type { Happening, Tell } from '../../protocol/records.ts';
import { redactor } from './redact.ts';

export const logLevels = ['error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What a server that runs alone says while it does: what happened to it, and what its command has to say. */
export interface Log {
  readonly tell: Tell;
  info(text: string): void;
  warn(text: string): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** For a person at a terminal: a line to be read, instead of one JSON object. */
  readonly readable: boolean;
  /** Never to be shown, whatever mentions them. */
  readonly secrets: readonly (string | undefined)[];
  /** Takes a line without its end. */
  readonly write: (line: string) => void;
}

/** A log in NDJSON, as https://getpino.io writes it, or in lines for people. */
export function openLog({ level, readable, secrets, write }: LogOptions): Log {
  const redact = redactor(secrets);
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line) => write(redact(readable ? inWords(line) : line.trimEnd())) },
  );
  return {
    tell(happening) {
      const at = levelOf(happening);
      if (!logger.isLevelEnabled(at)) return;
      logger[at](factsOf(happening), plainText(recordWords({ ...happening, at: 0 })));
    },
    info: (text) => logger.info(text),
    warn: (text) => logger.warn(text),
  };
}

/** Connections are what an operator looks for; each step of each event is for whoever looks closer. */
function levelOf(happening: Happening): 'warn' | 'info' | 'debug' {
  if (happening.type === 'note') return happening.level;
  return happening.type === 'connection' ? 'info' : 'debug';
}

/** What a program can search for. Names only: an event's contents are nobody's business here. */
function factsOf(happening: Happening): Readonly<Record<string, unknown>> {
  switch (happening.type) {
    case 'note':
      return { type: 'note', code: happening.code };
    case 'connection': {
      const { type, user, state, connection, code } = happening;
      return { type, user, state, connection, code };
    }
    case 'step': {
      const { type, step, event, kind, from } = happening;
      return { type, step, event, kind, from, ...('to' in happening && { to: happening.to }) };
    }
    default:
      return { type: happening.type, ...('user' in happening && { user: happening.user }) };
  }
}

const written = z.object({ level: z.string(), time: z.string(), msg: z.string() });

/** `16:00:01.204 warn  The keys of the issuer cannot be read.` */
function inWords(line: string): string {
  const { level, time, msg } = written.parse(JSON.parse(line));
  return `${time.slice(11, 23)} ${level.padEnd(5)} ${msg}`;
}
