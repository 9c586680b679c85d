import { WebSocket } from 'ws';

export interface RawUserOptions {
  readonly url: string;
  readonly auth: object;
  /** One Socket.IO event as text, from the `[` on. */
  readonly onEvent: (text: string) => void;
}

/** As much of a Socket.IO client as a load generator needs: a stock one would cost more than the server it measures. */
export interface RawUser {
  /** Sends finished text: `["name",payload]`, after the number of a wanted reply. */
  emit(text: string): void;
}

export function connectRawUser({ url, auth, onEvent }: RawUserOptions): Promise<RawUser> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
    perMessageDeflate: false,
    skipUTF8Validation: true,
  });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (data) => {
      const text = String(data);
      if (text.startsWith('42')) return onEvent(text.slice(2));
      // Engine.IO: 0 is its greeting, 2 a ping. Socket.IO inside of 4: 40 is a connection, 44 its refusal.
      if (text.startsWith('0')) socket.send(`40${JSON.stringify(auth)}`);
      else if (text === '2') socket.send('3');
      else if (text.startsWith('40')) resolve({ emit: (event) => socket.send(`42${event}`) });
      else if (text.startsWith('44')) reject(new Error(`The server refused a user: ${text.slice(2)}`));
    });
  });
}
