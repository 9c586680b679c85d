import { createServer } from 'node:http';
import { Server } from 'socket.io';

// The rival: the server of the brief's phase 1, line by line, but for its logging, which would be most of its cost,
// and for express, which serves nothing in it. Its own Python client says who it is in `auth`, so that is read.
// Plain JavaScript: what strips types would stay in its memory, as slack that its connections then seem not to need.

const server = createServer();
const io = new Server(server, { cors: { origin: '*' } });
const activeUsers = new Map();

io.on('connection', (socket) => {
  const { user_id: userId, backend_url: backendUrl } = socket.handshake.auth;
  activeUsers.set(userId, { socket, backendUrl });

  socket.on('collab_event', (event) => {
    for (const recipientId of event.to_users) {
      const recipient = activeUsers.get(recipientId);
      if (recipient) recipient.socket.emit('collab_event', event);
    }
  });

  socket.on('disconnect', () => {
    activeUsers.delete(userId);
  });
});

server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
