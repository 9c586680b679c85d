"""The client of the brief's phase 2, as it stands there but for a token in `auth` where one is given.

Below it, a backend that comments on what is shared with it, and prints what it does.
"""
import asyncio
import sys

import socketio


class CollaborationClient:
    def __init__(self, user_id, backend_url, collab_service_url, **token):
        self.user_id = user_id
        self.backend_url = backend_url
        self.sio = socketio.AsyncClient()
        self.collab_service_url = collab_service_url
        self.token = token

    async def connect(self):
        await self.sio.connect(
            self.collab_service_url,
            transports=['websocket'],
            auth={'user_id': self.user_id, 'backend_url': self.backend_url, **self.token}
        )

        @self.sio.on('collab_event')
        async def handle_event(data):
            await self.handle_collaboration_event(data)

    async def send_event(self, event_type, to_users, data):
        await self.sio.emit('collab_event', {
            'type': event_type,
            'from_user': self.user_id,
            'to_users': to_users,
            'data': data
        })

    async def handle_collaboration_event(self, event):
        # Process incoming collaboration events
        if event['type'] == 'position_shared':
            # Fetch position from remote backend
            await self.fetch_and_store_shared_position(event['data'])
        elif event['type'] == 'comment_added':
            # Broadcast to local WebSocket clients
            await self.broadcast_to_local_users(event)


class Backend(CollaborationClient):
    async def fetch_and_store_shared_position(self, data):
        print('fetches', data['share_url'], flush=True)
        await self.send_event('comment_added', [self.friend], {
            'position_id': data['position_id'],
            'comment': {
                'id': 'c1',
                'text': 'Great setup!',
                'user': {'id': self.user_id, 'display_name': 'Jane'},
                'created_at': '2025-10-30T10:05:00Z'
            }
        })


async def main(user_id, url, friend, token=None):
    backend = Backend(user_id, 'http://localhost:8001', url, **({'token': token} if token else {}))
    backend.friend = friend
    await backend.connect()
    print('connected', flush=True)
    await backend.sio.wait()


asyncio.run(main(*sys.argv[1:]))
