import { onTestFinished } from 'vitest';
import WebSocket from 'ws';
import { z } from 'zod';
import { closeRules } from '../../src/protocol/close-codes.ts';
import { authRefreshReply } from '../../src/protocol/handshake.ts';
import { type SubmitReply, submitReply } from '../../src/protocol/receipts.ts';
import { recorder } from '../relay/recorder.ts';
import type { Client, Face, MakeHello } from './client.ts';

const comesBackMs = 20;
const aFrame = z.looseObject({ type: z.string() });

/** For good after these codes; after any other, as after a lost network, a client may try again. */
const terminal = new Set<number>(
  Object.values(closeRules)
    .filter(({ reaction }) => reaction === 'stop')
    .map(({ code }) => code),
);

/** The least that a client of the plain face needs: a hello, JSON text frames, replies in the order of their events. */
export const plainFace: Face = { name: 'plain WebSocket', showsCodes: true, dial };

function dial(url: string, user: string, makeHello: MakeHello): Client {
  const { record, recording } = recorder();
  const replies: ((reply: SubmitReply) => void)[] = [];
  const refreshed: ((frame: unknown) => void)[] = [];
  let over = false;
  let socket = connect();
  onTestFinished(() => {
    over = true;
    socket.terminate();
  });

  function connect(): WebSocket {
    const made = new WebSocket(`${url.replace('http', 'ws')}/ws/${user}`);
    made.on('open', () => say({ type: 'hello', ...makeHello() }));
    made.on('message', (data) => hear(aFrame.parse(JSON.parse(String(data)))));
    // A connection that is lost in its making ends in `close`.
    made.on('error', () => {});
    made.on('close', (code) => {
      const comesBack = !over && !terminal.has(code);
      record('closed', { code, comesBack });
      if (!comesBack) return;
      setTimeout(() => {
        if (!over) socket = connect();
      }, comesBackMs);
    });
    return made;
  }

  function hear(frame: z.infer<typeof aFrame>): void {
    const { type, ...payload } = frame;
    switch (type) {
      case 'reply':
        replies.shift()?.(submitReply.parse(payload));
        break;
      case 'auth_refresh':
        refreshed.shift()?.(payload);
        break;
      case 'collab_receipt':
        record(type, payload.receipts);
        break;
      case 'position_shared':
      case 'comment_added':
      case 'position_updated':
      case 'share_revoked':
        record('collab_event', frame);
        break;
      default:
        record(type, payload);
    }
  }

  const say = (frame: unknown) => socket.send(JSON.stringify(frame));
  const typed = (type: string, payload: unknown) =>
    say({ ...(typeof payload === 'object' ? payload : {}), type });

  return {
    ...recording,
    submit: (event) =>
      new Promise((resolve) => {
        replies.push(resolve);
        say(event);
      }),
    post(event) {
      replies.push(() => {});
      say(event);
    },
    acknowledge: (acknowledgement) => typed('ack', acknowledgement),
    declareFriends: (lists) => typed('friends', lists),
    async refresh(token) {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      refreshed.push(resolve);
      typed('auth_refresh', { token });
      return authRefreshReply.parse(await promise);
    },
    fetch: (request) => typed('collab_fetch', request),
    answerFetch: (reply) => typed('collab_fetch_result', reply),
    bye: () => typed('bye', {}),
    leave() {
      over = true;
      socket.close();
    },
    drop: () => socket.terminate(),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  };
}
