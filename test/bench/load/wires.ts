import { connect } from 'node:net';
import { WebSocket } from 'ws';

export interface WireOptions {
  readonly url: string;
  readonly name: string;
  readonly auth: object;
  /** Takes the JSON of each event that arrives. */
  readonly onEvent: (json: string) => void;
}

/**
 * As much of a client as a load generator needs: a stock one would cost more than the server it measures. What it is
 * given is finished JSON.
 */
export interface Wire {
  /** `number`: a reply is wanted, and is told by it. Undefined: none is, where the server leaves the choice. */
  send(event: string, to: readonly string[], number: number | undefined): void;
  acknowledge(acknowledgement: string): void;
}

export type ConnectWire = (options: WireOptions) => Promise<Wire>;

const bare = { perMessageDeflate: false, skipUTF8Validation: true } as const;
const socketUrl = (url: string) => url.replace('http', 'ws');

export const socketIo: ConnectWire = ({ url, auth, onEvent }) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${socketUrl(url)}/socket.io/?EIO=4&transport=websocket`, bare);
    const emit = (name: string, json: string, number: number | '') =>
      socket.send(`42${number}["${name}",${json}]`);
    const wire: Wire = {
      send: (event, _to, number = undefined) => emit('collab_event', event, number ?? ''),
      acknowledge: (acknowledgement) => emit('collab_ack', acknowledgement, ''),
    };
    const eventHead = '42["collab_event",';
    socket.on('error', reject);
    socket.on('message', (data) => {
      const text = String(data);
      if (text.startsWith(eventHead)) onEvent(text.slice(eventHead.length, -1));
      // Engine.IO: 0 is its greeting, 2 a ping. Socket.IO inside of 4: 40 is a connection, 44 its refusal.
      else if (text.startsWith('0')) socket.send(`40${JSON.stringify(auth)}`);
      else if (text === '2') socket.send('3');
      else if (text.startsWith('40')) resolve(wire);
      else if (text.startsWith('44')) reject(new Error(`The server refused a user: ${text.slice(2)}`));
    });
  });

/** The plain face, which replies to every event. */
export const plain: ConnectWire = ({ url, name, auth, onEvent }) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${socketUrl(url)}/ws/${name}`, bare);
    const wire: Wire = {
      send: (event) => socket.send(event),
      acknowledge: (acknowledgement) => socket.send(`{"type":"ack",${acknowledgement.slice(1)}`),
    };
    socket.on('error', reject);
    socket.on('open', () => socket.send(JSON.stringify({ type: 'hello', ...auth })));
    socket.on('close', (code) => reject(new Error(`The server refused a user: ${code}`)));
    socket.on('message', (data) => {
      const text = String(data);
      // An event begins with its id, every other frame with its type.
      if (text.startsWith('{"id"')) onEvent(text);
      else if (text.startsWith('{"type":"ready"')) resolve(wire);
    });
  });

const crlf = '\r\n';

/**
 * The client protocol of NATS, each user with a subject of its own: what is for ten users is published ten times.
 * `verbose`: the server answers each publication, as our relay does.
 */
function natsUser(
  { name, onEvent }: WireOptions,
  verbose: boolean,
  write: (text: string) => void,
): { readonly wire: Wire; feed(text: string): boolean } {
  let buffer = '';
  let isReady = false;
  write(
    `CONNECT ${JSON.stringify({ verbose, pedantic: false, name })}${crlf}SUB ${name} 1${crlf}PING${crlf}`,
  );
  return {
    wire: {
      send(event, to) {
        const rest = ` ${Buffer.byteLength(event)}${crlf}${event}${crlf}`;
        write(to.map((user) => `PUB ${user}${rest}`).join(''));
      },
      acknowledge() {},
    },
    /** Takes what came, all of it ASCII; answers whether the server has greeted. */
    feed(text) {
      buffer += text;
      for (let end = buffer.indexOf(crlf); end !== -1; end = buffer.indexOf(crlf)) {
        const line = buffer.slice(0, end);
        let next = end + crlf.length;
        if (line.startsWith('MSG')) {
          const length = Number(line.slice(line.lastIndexOf(' ')));
          if (buffer.length < next + length + crlf.length) break;
          onEvent(buffer.slice(next, next + length));
          next += length + crlf.length;
        } else if (line === 'PING') write(`PONG${crlf}`);
        else if (line === 'PONG') isReady = true;
        else if (line.startsWith('-ERR')) throw new Error(line);
        buffer = buffer.slice(next);
      }
      return isReady;
    },
  };
}

const natsOverTcp =
  (verbose: boolean): ConnectWire =>
  (options) =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(options.url);
      const socket = connect(Number(port), hostname).setNoDelay(true);
      socket.on('error', reject);
      socket.on('connect', () => {
        const user = natsUser(options, verbose, (text) => socket.write(text));
        socket.on('data', (data) => {
          if (user.feed(data.toString('latin1'))) resolve(user.wire);
        });
      });
    });

const natsOverWebSocket =
  (verbose: boolean): ConnectWire =>
  (options) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(options.url, bare);
      socket.on('error', reject);
      socket.on('open', () => {
        const user = natsUser(options, verbose, (text) => socket.send(Buffer.from(text, 'latin1')));
        socket.on('message', (data) => {
          if (user.feed(Buffer.isBuffer(data) ? data.toString('latin1') : String(data))) resolve(user.wire);
        });
      });
    });

export const wires = {
  'socket.io': socketIo,
  plain,
  'nats-tcp': natsOverTcp(false),
  'nats-ws': natsOverWebSocket(false),
  'nats-ws-verbose': natsOverWebSocket(true),
} satisfies Record<string, ConnectWire>;
