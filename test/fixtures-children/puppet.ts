import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { z } from 'zod';
import { serveChild } from '../../src/host/serve-child.ts';
import { Problem } from '../../src/problem.ts';

/** What a relay's and a backend's settings have in common, and a mood that decides what goes wrong. */
const puppetConfig = z.looseObject({
  host: z.string().default('127.0.0.1'),
  port: z.int().default(0),
  run_id: z.string().optional(),
  user_id: z.string().default('relay'),
});

/** A child process that keeps the control protocol and the health routes, and misbehaves by the name of its user. */
serveChild({
  process,
  schema: puppetConfig,
  async open({ host, port, run_id, user_id }, { tell }) {
    if (user_id === 'crasher') {
      process.stderr.write('reading settings\n\u001b[31mcannot find my keys\u001b[0m\n');
      process.exit(7);
    }
    if (user_id === 'refuser') throw new Problem({ code: 'no-keys', message: 'The refuser has no keys.' });
    if (user_id === 'sleeper') await new Promise(() => {});
    if (user_id === 'stranger') run_id = 'somebody-elses';
    if (user_id === 'spawner') {
      spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' }).unref();
    }
    const server = createServer((request, response) => {
      if (request.url === '/readyz') {
        response.end(JSON.stringify({ status: 'ready', run_id, user_id }));
      } else if (request.url === '/node-options') {
        response.end(JSON.stringify(process.execArgv));
      } else if (request.url === '/bug') {
        response.end();
        setImmediate(() => {
          throw new Error('the puppet has a bug');
        });
      } else if (request.url === '/journal') {
        for (let n = 0; n < 5; n += 1) tell({ type: 'note', level: 'info', code: 'said', text: `${n}` });
        // The journal is written when this turn of the event loop ends; answered is written.
        setImmediate(() => response.end());
      } else {
        response.end(`${user_id} heard ${request.method} ${request.url}`);
      }
    });
    server.listen(port, host);
    await once(server, 'listening').catch(() => {
      tell({ type: 'note', level: 'warn', code: 'port-taken', text: `${user_id} waits for its port` });
      throw new Problem({ code: 'port-taken', message: `Port ${port} is taken.` });
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not a TCP port');
    tell({ type: 'note', level: 'info', code: 'open', text: `${user_id} is open` });
    let counted = 0;
    return {
      url: `http://${host}:${address.port}`,
      ports: { http: address.port },
      census: () => ({ links: [], runnable: { asked: counted++ }, parked: {}, pages: [] }),
      emit: async () => ({ status: 'accepted' }) as const,
      async [Symbol.asyncDispose]() {
        if (user_id === 'clinger') await new Promise(() => {});
        server.close();
        server.closeAllConnections();
      },
    };
  },
});
