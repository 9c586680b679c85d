import { v7 as uuid } from 'uuid';
import { withPositionNames } from '../../dashboard/position-name.ts';
import { Problem } from '../../problem.ts';
import type { EventId, UserId } from '../../protocol/ids.ts';
import { openUserApi } from '../../scenario/actor.ts';
import { farEnd } from '../../scenario/at-relay.ts';
import { inWordsOf, type RouteReply } from '../../scenario/route-client.ts';
import type { Instance, Stack } from '../../stack/stack.ts';
import type { Act, ControlAnswer, ControlCommand } from './control-frames.ts';

/** What can be done to the stack of a run. */
export type StackCommand = Exclude<
  ControlCommand,
  { name: 'stop' | 'step' | 'fault' | 'heal' | 'quiet' | 'play' }
>;

/**
 * Does what somebody asks for: as the user's page would, over REST with the owner's token, or to the processes
 * and links themselves. The answer says what was answered; what becomes of an event is the journal's to tell.
 * @throws Problem where it was refused, or nobody answered
 */
export async function perform(
  command: StackCommand,
  stack: Stack,
  signal: AbortSignal,
): Promise<ControlAnswer> {
  switch (command.name) {
    case 'act':
      mustBeUser(command.act.user, stack);
      return doAct(command.act, stack, signal);
    case 'positions':
      mustBeUser(command.user, stack);
      return { positions: await positionsOf(command.user, stack, signal) };
    case 'kill':
      mustBe(command.instance, ['ready', 'paused', 'starting'], stack);
      await stack.kill(command.instance);
      return { text: `${command.instance} is killed; it stays down until it is restarted` };
    case 'pause':
      mustBe(command.instance, ['ready'], stack);
      await stack.pause(command.instance);
      return { text: `${command.instance} is paused; it does nothing until it is resumed` };
    case 'resume':
      mustBe(command.instance, ['paused'], stack);
      await stack.resume(command.instance);
      return { text: `${command.instance} goes on` };
    case 'restart':
      await stack.restart(command.instance);
      return { text: `${command.instance} has been restarted, with its old data` };
    case 'start':
      mustBe(command.instance, ['stopped', 'failed'], stack);
      await stack.start(command.instance);
      return { text: `${command.instance} is up again, with its old data` };
    case 'cut': {
      const end = farEnd(stack);
      await stack.cut({ from: command.user, to: end, both: true });
      return { text: `the link between ${command.user} and ${end === 'relay' ? 'the relay' : end} is cut` };
    }
    case 'token':
      return { token: await stack.tokenFor(command.user, command.audience, command.expires_in_s) };
    default:
      return command satisfies never;
  }
}

async function doAct(act: Act, stack: Stack, signal: AbortSignal): Promise<ControlAnswer> {
  const api = openUserApi(stack, act.user, signal);
  const position = withPositionNames(act.position);
  const params = { id: act.position };
  const cause = uuid();
  switch (act.verb) {
    case 'share': {
      const whom = `${position} with ${act.others.join(', ')}`;
      const reply = await api('sharePosition', { params, body: { friend_ids: act.others }, cause });
      return said(act.user, { did: `shared ${whom}`, tried: `share ${whom}` }, reply);
    }
    case 'comment': {
      const reply = await api('addComment', { params, body: { text: act.text }, cause });
      return said(act.user, { did: `commented on ${position}`, tried: `comment on ${position}` }, reply);
    }
    case 'update': {
      const reply = await api('updatePosition', { params, body: act.set, cause });
      return said(act.user, { did: `updated ${position}`, tried: `update ${position}` }, reply);
    }
    case 'revoke': {
      const whom = `${position} from ${act.other}`;
      const reply = await api('revokeShare', { params: { ...params, friend_id: act.other }, cause });
      return said(act.user, { did: `took back ${whom}`, tried: `take back ${whom}` }, reply);
    }
    default:
      return act satisfies never;
  }
}

/** `alice shared berlin-calls with bob (200): 1 event`. The events themselves are seen on their way. */
function said(
  user: UserId,
  { did, tried }: { readonly did: string; readonly tried: string },
  reply: RouteReply<{ readonly event_ids: EventId[] }>,
): ControlAnswer {
  if (reply.is === 'refused') throw refused(user, tried, inWordsOf(reply));
  if (reply.is === 'unknown') throw notAnswered(user, tried, reply.why);
  const { event_ids } = reply.answer;
  const { length } = event_ids;
  const events = length === 0 ? 'no event was needed' : length === 1 ? '1 event' : `${length} events`;
  return { text: `${user} ${did} (${reply.status}): ${events}`, event_ids };
}

async function positionsOf(
  user: UserId,
  stack: Stack,
  signal: AbortSignal,
): Promise<NonNullable<ControlAnswer['positions']>> {
  const reply = await openUserApi(stack, user, signal)('listPositions');
  if (reply.is === 'refused') throw refused(user, 'list positions', inWordsOf(reply));
  if (reply.is === 'unknown') throw notAnswered(user, 'list positions', reply.why);
  return reply.answer.map(({ id, symbol, owner_id: owner, read_only, shared_with = [] }) => {
    const short = withPositionNames(id);
    return { id, name: short === id ? symbol : short, owner, read_only, shared_with };
  });
}

/** What a process can be told depends on its state; `relay` is several nodes, and the stack looks at each. */
function mustBe(name: string, states: readonly Instance['state'][], stack: Stack): void {
  const found = stack.instances().find((instance) => instance.name === name);
  if (found && !states.includes(found.state)) throw notSo(name, found.state);
}

/** Asking a process that is down would only wait for its silence. */
function mustBeUser(user: UserId, stack: Stack): void {
  if (!stack.users.includes(user)) throw noUser(user);
  mustBe(user, ['ready'], stack);
}

const noUser = (name: string) =>
  new Problem({ code: 'no-user', message: `${name} is no user of this stack, and has no positions.` });

/** `alice is paused`, `bob is stopped`: not what it has to be for what was asked. */
const notSo = (name: string, state: Instance['state']) =>
  new Problem({
    code: 'not-so',
    message: `That is not possible now: ${name} is ${state}.`,
    hint: wayOut(name, state),
    exit: 1,
  });

function wayOut(name: string, state: Instance['state']): string | undefined {
  if (state === 'stopped' || state === 'failed') return `"collab-dev start ${name}" brings it back.`;
  if (state === 'paused') return `"collab-dev resume ${name}" lets it go on.`;
  return state === 'ready' ? undefined : `"collab-dev ps" shows when it is ready.`;
}

const refused = (user: string, what: string, words: string) =>
  new Problem({ code: 'act-refused', message: `${user} could not ${what}: ${words}.`, exit: 1 });

const notAnswered = (user: string, what: string, why: string) =>
  new Problem({
    code: 'act-unknown',
    message: `${user}'s attempt to ${what} got no answer (${why}): nobody knows whether it was carried out.`,
    hint: `"collab-dev ps" shows whether ${user} runs and which faults are in force, "collab-dev logs ${user}" what was printed last.`,
  });
