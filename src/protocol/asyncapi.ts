import { z } from 'zod';
import { deliveredEvent, submittedEvent } from './events.ts';
import { authRefresh, authRefreshReply, friendsDeclaration, handshake } from './handshake.ts';
import { hello } from './plain-socket.ts';
import { presence } from './presence.ts';
import { acknowledgement, receipts, submitReply } from './receipts.ts';
import { collabError, ready, serverDraining, wake } from './relay-socket.ts';
import { type Components, componentSchemas, schemaOf } from './schema-components.ts';

export interface AsyncApiInfo {
  readonly version: string;
  /** Where the relay is, like `127.0.0.1:9000`. */
  readonly host: string;
  readonly secure: boolean;
}

/** One thing that is said, on both faces: its name there, its payload, and what answers it. */
interface Said {
  readonly socketIo: string;
  /** The `type` of the plain frame; undefined where an event goes as itself. */
  readonly plain: string | undefined;
  readonly summary: string;
  readonly payload: z.ZodType;
  readonly reply?: string;
}

const nothing = z.object({});

const fromBackend: Readonly<Record<string, Said>> = {
  submit: {
    socketIo: 'collab_event',
    plain: undefined,
    summary: 'Submits an event',
    payload: submittedEvent,
    reply: 'submitted',
  },
  acknowledge: {
    socketIo: 'collab_ack',
    plain: 'ack',
    summary: 'Says after its commit what became of events of one sender',
    payload: acknowledgement,
  },
  declareFriends: {
    socketIo: 'collab_friends',
    plain: 'friends',
    summary: 'Replaces the lists of friends of this connection',
    payload: friendsDeclaration,
  },
  refreshToken: {
    socketIo: 'auth_refresh',
    plain: 'auth_refresh',
    summary: 'Keeps the connection with a new token',
    payload: authRefresh,
    reply: 'refreshed',
  },
  bye: {
    socketIo: 'bye',
    plain: 'bye',
    summary: 'Leaves on purpose: offline without a grace',
    payload: nothing,
  },
};

const fromRelay: Readonly<Record<string, Said>> = {
  ready: { socketIo: 'ready', plain: 'ready', summary: 'The first frame of a connection', payload: ready },
  deliver: {
    socketIo: 'collab_event',
    plain: undefined,
    summary: 'An event for this user',
    payload: deliveredEvent,
  },
  presence: {
    socketIo: 'presence',
    plain: 'presence',
    summary: 'A mutual friend has come or gone',
    payload: presence,
  },
  wake: { socketIo: 'wake', plain: 'wake', summary: 'What waits for this user may go on', payload: wake },
  receipts: {
    socketIo: 'collab_receipt',
    plain: 'collab_receipt',
    summary: 'How far own events got',
    payload: receipts,
  },
  error: {
    socketIo: 'collab_error',
    plain: 'collab_error',
    summary: 'Why the connection ends, or a frame was of no use',
    payload: collabError,
  },
  draining: {
    socketIo: 'server_draining',
    plain: 'server_draining',
    summary: 'This node goes away: come back after the time that it names',
    payload: serverDraining,
  },
};

const replies: Readonly<Record<string, Said>> = {
  submitted: {
    socketIo: 'collab_event',
    plain: 'reply',
    summary: 'The answer to an event: accepted, rejected or limited',
    payload: submitReply,
  },
  refreshed: {
    socketIo: 'auth_refresh',
    plain: 'auth_refresh',
    summary: 'The answer to a new token',
    payload: authRefreshReply,
  },
};

/** The AsyncAPI 3 document of the relay's sockets: what a backend sends and receives on either face. */
export function asyncApi({ version, host, secure }: AsyncApiInfo) {
  const components = componentSchemas();
  const socketIo = faceOf('socketIo', components);
  const plain = faceOf('plain', components);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'collab-dev relay',
      version,
      description:
        'What backends and the relay say to each other, on two faces with one behaviour. Seen from the relay: it receives what a backend sends.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: {
      relay: {
        host,
        protocol: secure ? 'wss' : 'ws',
        security: [{ $ref: '#/components/securitySchemes/relay_token' }],
      },
    },
    channels: {
      socketIo: {
        address: '/socket.io',
        title: 'Socket.IO 4',
        description:
          'Frames are emits by name. The handshake goes into `auth`, or into the query where everything is text.',
        servers: [{ $ref: '#/servers/relay' }],
        messages: socketIo.messages,
        bindings: {
          ws: { method: 'GET', query: schemaOf(handshake, components), bindingVersion: '0.1.0' },
        },
      },
      plain: {
        address: '/ws/{user_id}',
        title: 'Plain WebSocket',
        description: 'One JSON text frame each; the rest of the handshake may be a first frame `hello`.',
        servers: [{ $ref: '#/servers/relay' }],
        parameters: { user_id: { description: 'The user of the token.' } },
        messages: plain.messages,
        bindings: {
          ws: {
            method: 'GET',
            query: { type: 'object', properties: { token: { type: 'string' } } },
            headers: { type: 'object', properties: { Authorization: { type: 'string' } } },
            bindingVersion: '0.1.0',
          },
        },
      },
    },
    operations: { ...socketIo.operations, ...plain.operations },
    components: {
      schemas: components.schemas,
      securitySchemes: {
        relay_token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: '`sub` is the user, `aud` is `collab-relay`.',
        },
      },
    },
  };
}

type Face = 'socketIo' | 'plain';

/** The messages and operations of one face. */
function faceOf(face: Face, components: Components) {
  const own: Readonly<Record<string, Said>> =
    face === 'plain'
      ? {
          hello: {
            socketIo: 'hello',
            plain: 'hello',
            summary: 'The rest of the handshake',
            payload: hello.omit({ type: true }),
          },
          ...fromBackend,
        }
      : fromBackend;
  const said = { ...own, ...fromRelay, ...replies };
  const messages = Object.fromEntries(
    Object.entries(said).map(([name, one]) => [name, messageOf(one, face, components)]),
  );
  const refOf = (name: string) => ({ $ref: `#/channels/${face}/messages/${name}` });
  const operationOf = (action: 'send' | 'receive', name: string, { summary, reply }: Said) => [
    `${face}.${name}`,
    {
      action,
      channel: { $ref: `#/channels/${face}` },
      summary,
      messages: [refOf(name)],
      ...(reply !== undefined && {
        reply: { channel: { $ref: `#/channels/${face}` }, messages: [refOf(reply)] },
      }),
    },
  ];
  const operations = Object.fromEntries([
    ...Object.entries(own).map(([name, one]) => operationOf('receive', name, one)),
    ...Object.entries(fromRelay).map(([name, one]) => operationOf('send', name, one)),
  ]);
  return { messages, operations };
}

/** On the plain face every frame has a `type`; receipts, a list, stand under their own name there. */
function messageOf({ socketIo, plain, summary, payload }: Said, face: Face, components: Components) {
  const schema = schemaOf(payload, components);
  if (face === 'socketIo') return { name: socketIo, title: summary, summary, payload: schema };
  if (plain === undefined) return { name: 'event', title: summary, summary, payload: schema };
  const typed = { type: 'object', properties: { type: { const: plain } }, required: ['type'] };
  const list = {
    ...typed,
    properties: { ...typed.properties, receipts: schema },
    required: ['type', 'receipts'],
  };
  const isList = payload instanceof z.ZodArray;
  return { name: plain, title: summary, summary, payload: isList ? list : { allOf: [typed, schema] } };
}
