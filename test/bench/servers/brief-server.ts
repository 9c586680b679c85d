import { createServer } from 'node:http';
import { Server, type Socket } from 'socket.io';

// The rival: the server of the brief's phase 1, line by line, but for its logging, which would be most of its cost,
// and for express, which serves nothing in it. Its own Python client says who it is in `auth`, so that is read.

interface Routed {
  readonly to_users: readonly string[];
}

const server = createServer();
const io = new Server(server, { cors: { origin: '*' } });
const activeUsers = new Map<string, { readonly socket: Socket; readonly backendUrl: string }>();

io.on('connection', (socket) => {
  const { user_id: userId, backend_url: backendUrl } = socket.handshake.auth;
  activeUsers.set(userId, { socket, backendUrl });

  socket.on('collab_event', (event: Routed) => {
    for (const recipientId of event.to_users) {
      activeUsers.get(recipientId)?.socket.emit('collab_event', event);
    }
  });

  socket.on('disconnect', () => {
    activeUsers.delete(userId);
  });
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server listens on no port.');
  process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
