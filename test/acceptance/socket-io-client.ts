import { io } from 'socket.io-client';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { authRefreshReply } from '../../src/protocol/handshake.ts';
import { submitReply } from '../../src/protocol/receipts.ts';
import { recorder } from '../relay/recorder.ts';
import type { Client, Face, MakeHello } from './client.ts';

const aWire = z.custom<{ pause(): void; resume(): void }>((ws) => typeof ws === 'object');
/** What the engine hides, for a client that does not read. */
const engine = z.object({
  transport: z.object({ ws: aWire }),
  _pingTimeoutTimer: z.custom<NodeJS.Timeout>((timer) => typeof timer === 'object'),
});
const underneath = z.object({ io: z.object({ engine }) });

const refusal = z.object({ data: z.looseObject({ code: z.string() }) });

/** A stock Socket.IO client. */
export const socketIoFace: Face = { name: 'Socket.IO', showsCodes: false, dial };

function dial(url: string, user: string, makeHello: MakeHello): Client {
  const { record, recording } = recorder();
  const socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 20,
    reconnectionDelayMax: 40,
    auth: (give) => give({ user_id: user, ...makeHello() }),
  });
  onTestFinished(() => {
    socket.disconnect();
  });
  socket.onAny(record);
  socket.on('connect_error', (error) => {
    const refused = refusal.safeParse(error);
    // The rest is a network that was lost in the making.
    if (refused.success) record('collab_error', refused.data.data);
    record('closed', { comesBack: socket.active });
  });
  socket.on('disconnect', () => record('closed', { comesBack: socket.active }));
  /** Its library may have made a new one meanwhile. */
  let paused: z.infer<typeof aWire> | undefined;

  return {
    ...recording,
    submit: async (event) => submitReply.parse(await socket.emitWithAck('collab_event', event)),
    post: (event) => void socket.emit('collab_event', event),
    acknowledge: (acknowledgement) => void socket.emit('collab_ack', acknowledgement),
    declareFriends: (lists) => void socket.emit('collab_friends', lists),
    refresh: async (token) => authRefreshReply.parse(await socket.emitWithAck('auth_refresh', { token })),
    fetch: (request) => void socket.emit('collab_fetch', request),
    answerFetch: (reply) => void socket.emit('collab_fetch_result', reply),
    bye: () => void socket.emit('bye'),
    leave: () => void socket.disconnect(),
    drop: () => void socket.io.engine.close(),
    pause() {
      const { transport, _pingTimeoutTimer: patience } = underneath.parse(socket).io.engine;
      paused = transport.ws;
      paused.pause();
      // It reads no pings, and would give up by itself at the very moment at which the relay does.
      clearTimeout(patience);
    },
    resume: () => paused?.resume(),
  };
}
