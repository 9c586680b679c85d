import process from 'node:process';
import type { ForeignCommand } from '../../src/stack/foreign-command.ts';

/** A command of the user's: a script for Node, given as text. */
export const script = (text: string, overrides: Partial<ForeignCommand> = {}): ForeignCommand => ({
  command: [process.execPath, '-e', text],
  cwd: import.meta.dirname,
  env: {},
  ready: undefined,
  restart: 'never',
  stop: { signal: 'SIGTERM', graceMs: 5000 },
  dependsOn: {},
  ...overrides,
});

/** Answers every path with what its environment says; `/die` ends it with code 9. */
export const server = `
  const http = require('node:http');
  http.createServer((request, response) => {
    if (request.url === '/die') process.exit(9);
    response.end(JSON.stringify({ pid: process.pid, env: process.env }));
  }).listen(Number(process.env.PORT), '127.0.0.1', () => console.log('serving'));
`;

export const http = { http: '/readyz', withinMs: 20_000 } as const;
