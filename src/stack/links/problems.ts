import { Problem } from '../../problem.ts';

export const portTakenByOther = (port: number, listener: string, cause: unknown): Problem =>
  new Problem({
    code: 'port-taken',
    message: `The link in front of ${listener} cannot listen on port ${port}: another process holds it.`,
    hint: 'Stop that process, take any free ports with --ports auto, or move with --port-base.',
    cause,
  });

export const noSuchHop = (id: string): Problem =>
  new Problem({ code: 'no-such-hop', message: `There is no link "${id}".` });

export const noSuchFault = (id: string): Problem =>
  new Problem({ code: 'no-such-fault', message: `No fault "${id}" is in force.` });
