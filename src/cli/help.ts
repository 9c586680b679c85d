import { exitCodes } from './exit-codes.ts';

export const groups = ['Run', 'Look', 'Break', 'Write', 'Ship'] as const;
export type Group = (typeof groups)[number];

export interface HelpLine {
  readonly name: string;
  readonly group: Group;
  readonly summary: string;
}

/** `collab-dev` alone, and `--help`. */
export function rootHelp(commands: readonly HelpLine[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  return [
    'collab-dev runs a one-backend-per-user collaboration stack on this machine, plays scenarios through it,',
    'and says who received what.',
    '',
    ...groups.flatMap((group) => [
      group,
      ...commands.filter((line) => line.group === group).map((l) => `  ${l.name.padEnd(width)}${l.summary}`),
      '',
    ]),
    'To copy',
    '  collab-dev up                   alice, bob and carol, and everything they send to one another',
    '  collab-dev up -d                the same in the background, for ps, send, events, fault, explain and down',
    '  collab-dev replay share         one scenario, step by step',
    '  collab-dev test                 every scenario below this folder, with an exit code',
    '',
    'Options: --color auto|always|never, -V, -h; "collab-dev COMMAND --help" says more.',
    '',
    'Exit codes',
    ...exitCodes.map(({ code, meaning }) => `  ${String(code).padEnd(4)}${meaning}`),
    '',
  ].join('\n');
}
