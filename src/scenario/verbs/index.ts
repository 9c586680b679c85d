import type { FaultVerb } from '../fault-verb.ts';
import type { Verb } from '../verb.ts';
import { befriend } from './befriend.ts';
import { comment } from './comment.ts';
import { connect } from './connect.ts';
import { cut } from './cut.ts';
import { delay } from './delay.ts';
import { disconnect } from './disconnect.ts';
import { drop } from './drop.ts';
import { duplicate } from './duplicate.ts';
import { emit } from './emit.ts';
import { has } from './has.ts';
import { heal } from './heal.ts';
import { http } from './http.ts';
import { inOrder } from './in-order.ts';
import { kill } from './kill.ts';
import { lacks } from './lacks.ts';
import { never } from './never.ts';
import { opens } from './opens.ts';
import { parallel } from './parallel.ts';
import { pause } from './pause.ts';
import { presence } from './presence.ts';
import { receives } from './receives.ts';
import { repeat } from './repeat.ts';
import { reset } from './reset.ts';
import { restart } from './restart.ts';
import { resume } from './resume.ts';
import { revoke } from './revoke.ts';
import { sees } from './sees.ts';
import { share } from './share.ts';
import { start } from './start.ts';
import { throttle } from './throttle.ts';
import { unfriend } from './unfriend.ts';
import { update } from './update.ts';
import { wait } from './wait.ts';

/** What can be done to a link: steps of a scenario, and commands to a stack that runs. */
export const faultVerbs: readonly FaultVerb[] = [cut, delay, throttle, drop, duplicate, reset];

/** The whole language. Adding a verb is one file and one line here. */
export const verbs: readonly Verb[] = [
  share,
  comment,
  update,
  revoke,
  befriend,
  unfriend,
  emit,
  http,
  opens,
  receives,
  inOrder,
  sees,
  never,
  has,
  lacks,
  presence,
  connect,
  disconnect,
  kill,
  start,
  restart,
  pause,
  resume,
  ...faultVerbs,
  heal,
  parallel,
  repeat,
  wait,
];
