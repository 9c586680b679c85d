import type { CloseWord } from '../protocol/close-codes.ts';
import { userId } from '../protocol/ids.ts';
import type { DoorOptions } from './door.ts';
import type { Admission } from './identify.ts';
import { isOffence } from './offenders.ts';
import type { PlainConnection } from './plain-connection.ts';
import type { Session } from './sessions.ts';

export interface VisitOptions extends DoorOptions {
  /** Nobody gets in without a token. */
  readonly needsToken: boolean;
}

/** What the URL and the headers said: the user of the path, a token perhaps, and anything else that a hello may say. */
export type UrlHello = Readonly<Record<string, string>> & { readonly user_id: string };

/** Who is connected has said nothing yet, is being looked at, is in (and may still owe its hello), or is out. */
type Stage =
  | { readonly is: 'waiting' }
  | { readonly is: 'admitting'; readonly frames: unknown[]; characters: number }
  | { readonly is: 'in'; readonly session: Session; helloDue: boolean }
  | { readonly is: 'out' };

/** What holding a text costs at least: who sends empty ones fills memory too. */
const aroundText = 16;
/** Stands for what is no JSON: no frame that was decoded is undefined. */
const notJson = undefined;
const howToSpell = 'This is not JSON. Send the text of one event in each frame: JSON.stringify(event).';

/**
 * One connection of the plain face from its opening to its end. A client that the URL identifies is greeted at its
 * hello, at its first other frame, or when it has said nothing for a while: the brief's client says nothing. Where the
 * URL brings no token, and one is needed, the hello has to, and in time.
 */
export class PlainVisit {
  readonly #url: UrlHello;
  readonly #connection: PlainConnection;
  readonly #options: VisitOptions;
  readonly #wait: NodeJS.Timeout;
  #stage: Stage = { is: 'waiting' };

  constructor(url: UrlHello, connection: PlainConnection, options: VisitOptions) {
    this.#url = url;
    this.#connection = connection;
    this.#options = options;
    const { limits, needsToken } = options;
    this.#wait =
      needsToken && url.token === undefined
        ? setTimeout(() => this.#refuse('hello_timeout'), limits.hello_timeout_ms)
        : setTimeout(() => this.#admit(url, { helloDue: true }), limits.hello_wait_ms);
    connection.onOverflow = () => {
      if (this.#stage.is === 'in') this.#stage.session.overflowed();
    };
    connection.onEnding = (why) => this.ended(why);
  }

  /** One text, as it came. */
  take(text: string): void {
    const frame = decode(text);
    const stage = this.#stage;
    switch (stage.is) {
      case 'waiting':
        if (typeOf(frame) === 'hello') this.#hello(frame);
        else this.#admit(this.#url, { first: [frame] });
        break;
      case 'admitting':
        stage.frames.push(frame);
        stage.characters += text.length + aroundText;
        // Looking at a token may take seconds, where its issuer's keys have to be fetched first.
        if (stage.characters > this.#options.limits.buffer_bytes) this.#refuse('abuse');
        break;
      case 'in':
        this.#dispatch(frame, stage);
        break;
      case 'out':
        break;
    }
  }

  /** A binary frame: nothing of this protocol. */
  takeBinary(): void {
    this.#refuse('protocol');
  }

  pinged(): void {
    if (this.#stage.is === 'in') this.#stage.session.pinged();
  }

  /** The connection is gone, or as good as gone, by whomever. */
  ended(code: string): void {
    const stage = this.#stage;
    this.#leave();
    if (stage.is === 'in') stage.session.ended(code);
    else if (stage.is !== 'out' && isOffence(code)) this.#blame();
  }

  #hello(frame: unknown): void {
    const said = { ...(typeof frame === 'object' ? frame : {}) };
    const user_id = 'user_id' in said ? said.user_id : this.#url.user_id;
    if (user_id !== this.#url.user_id) this.#refuse('forbidden');
    else this.#admit({ ...this.#url, ...said }, {});
  }

  #admit(
    hello: object,
    { first = [], helloDue = false }: { readonly first?: unknown[]; readonly helloDue?: boolean },
  ): void {
    clearTimeout(this.#wait);
    const stage: Stage = { is: 'admitting', frames: first, characters: 0 };
    this.#stage = stage;
    this.#options
      .admit(hello)
      .then((admission) => {
        if (this.#stage === stage) this.#enter(admission, stage.frames, helloDue);
      })
      .catch((fault: unknown) => {
        this.#options.onFault(fault);
        this.#connection.cut();
      });
  }

  #enter(admission: Admission, frames: readonly unknown[], helloDue: boolean): void {
    if (!admission.ok) {
      this.#refuse(admission.word, admission.user);
      return;
    }
    const session = this.#options.open(admission.identity, this.#connection);
    if (!session) {
      this.#leave();
      return;
    }
    const stage: Stage = { is: 'in', session, helloDue };
    this.#stage = stage;
    for (const frame of frames) this.#dispatch(frame, stage);
  }

  #dispatch(frame: unknown, stage: Extract<Stage, { is: 'in' }>): void {
    // One frame may end the connection with others right behind it.
    if (this.#stage !== stage || !this.#connection.isOpen) return;
    const { session, helloDue } = stage;
    stage.helloDue = false;
    switch (typeOf(frame)) {
      case 'ack':
        session.acknowledge(withoutType(frame));
        break;
      case 'collab_fetch':
        session.fetch(frame);
        break;
      case 'collab_fetch_result':
        session.fetched(frame);
        break;
      case 'friends':
        session.declareFriends(frame);
        break;
      case 'auth_refresh':
        session
          .refresh(frame)
          .then((reply) => this.#connection.answer('auth_refresh', reply), this.#options.onFault);
        break;
      case 'bye':
        session.bye();
        break;
      case 'hello':
        // Too late, which may go better next time; or one too many, which will not.
        this.#refuse(helloDue ? 'hello_timeout' : 'protocol');
        break;
      default: {
        const reply = session.submit(frame);
        this.#connection.answer('reply', frame === notJson ? { ...reply, message: howToSpell } : reply);
      }
    }
  }

  #refuse(word: CloseWord, user = userId.safeParse(this.#url.user_id).data): void {
    const stage = this.#stage;
    if (stage.is === 'out') return;
    this.#leave();
    if (stage.is === 'in') stage.session.ended(word);
    else {
      this.#options.onRefused(user, word);
      if (isOffence(word)) this.#blame();
    }
    this.#connection.close(word);
  }

  /** What its URL says tells who it was, if that is true. */
  #blame(): void {
    this.#options.onOffence(this.#url, this.#connection.address);
  }

  #leave(): void {
    clearTimeout(this.#wait);
    this.#stage = { is: 'out' };
  }
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return notJson;
  }
}

const typeOf = (frame: unknown): unknown =>
  typeof frame === 'object' && frame !== null && 'type' in frame ? frame.type : undefined;

/** An acknowledgement as the other face brings it. */
function withoutType(frame: unknown): unknown {
  if (typeof frame !== 'object' || frame === null || !('type' in frame)) return frame;
  const { type, ...rest } = frame;
  return rest;
}
