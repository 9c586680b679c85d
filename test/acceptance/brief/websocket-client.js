// The JavaScript of the brief's section 2. It differs in three things: the address comes from outside, an event leaves
// when the socket is open, and as text, since a WebSocket sends no objects. What it does with an event, it prints.

const [, , address, friend] = process.argv;

// Each backend connects to Collaboration Service
const ws = new WebSocket(address);

// Events sent TO Collaboration Service
ws.onopen = () => {
  ws.send(
    JSON.stringify({
      type: 'position_shared',
      to: [friend],
      data: {
        position_id: 'xyz',
        share_url: 'http://backend-a:8000/api/v1/positions/ideas/xyz',
      },
    }),
  );
};

// Events received FROM Collaboration Service
ws.onmessage = (event) => {
  const message = JSON.parse(event.data);

  switch (message.type) {
    case 'position_shared':
      // Fetch position from remote backend
      fetchAndStoreSharedPosition(message.data);
      break;

    case 'comment_added':
      // Notify local users
      broadcastToLocalUsers(message);
      break;
  }
};

const fetchAndStoreSharedPosition = (data) => process.stdout.write(`fetches ${data.share_url}\n`);
const broadcastToLocalUsers = (message) =>
  process.stdout.write(`broadcasts "${message.data.comment.text}" from ${message.from_user}\n`);
