import { Problem } from '../problem.ts';
import { wholeOutput } from './problems.ts';

export const noForeignInSingle = (user: string): Problem =>
  new Problem({
    code: 'no-foreign-in-single',
    message: `A command in the place of ${user}'s backend is not possible in the single topology: there all users are one process of ours.`,
    hint: 'Play it with --topology relay or direct.',
    exit: 2,
  });

export const reservedCommand = (name: string): Problem =>
  new Problem({
    code: 'reserved-name',
    message: `A service or task cannot be called "${name}": a part of the stack has that name.`,
    exit: 2,
  });

export const twiceCommand = (name: string): Problem =>
  new Problem({
    code: 'name-twice',
    message: `Two parts of the stack are called "${name}": users, services and tasks share their names.`,
    exit: 2,
  });

export const dependsOnNobody = (name: string, on: string, known: readonly string[]): Problem =>
  new Problem({
    code: 'depends-on-nobody',
    message: `${name} depends on "${on}", and nothing in this stack is called that. There are ${known.join(', ')}.`,
    exit: 2,
  });

export const neverCompletes = (name: string, on: string): Problem =>
  new Problem({
    code: 'never-completes',
    message: `${name} waits for ${on} to be completed, and only a task ever is.`,
    hint: `Wait for it to be ready, or make ${on} a task.`,
    exit: 2,
  });

export const dependsInACircle = (circle: readonly string[]): Problem =>
  new Problem({
    code: 'depends-in-a-circle',
    message: `Nobody can start first: ${circle.join(' depends on ')}.`,
    exit: 2,
  });

export const noFolder = (name: string, cwd: string): Problem =>
  new Problem({
    code: 'no-folder',
    message: `${name} is to run in ${cwd}, which is no folder.`,
    exit: 2,
  });

/** `more`: who waits for it, and its last words; `log`: the file with everything that it printed. */
export const taskFailed = (name: string, exit: string, more: string, log: string): Problem =>
  new Problem({
    code: 'task-failed',
    message: `The task ${name} did not end in order (${exit}).${more}`,
    hint: wholeOutput(log),
  });

export const taskTooLong = (name: string, ms: number, more: string, log: string): Problem =>
  new Problem({
    code: 'task-too-long',
    message: `The task ${name} had not ended after ${Math.round(ms / 1000)} s.${more}`,
    hint: wholeOutput(log),
  });

export const foreignEmit = (user: string): Problem =>
  new Problem({
    code: 'foreign-emit',
    message: `A raw event goes over a connection of our own client, and ${user}'s backend is a command of yours.`,
    exit: 2,
  });

export const noFreePort = (name: string): Problem =>
  new Problem({ code: 'no-free-port', message: `There is no free port for ${name} to be found.` });
