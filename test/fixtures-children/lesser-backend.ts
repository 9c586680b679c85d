import { spawn } from 'node:child_process';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { choosePort } from '../../src/stack/choose-port.ts';

/**
 * Our own backend behind a door that knows nothing of some paths (the arguments), as somebody else's might not. The list
 * in FORGETS is always empty.
 */
const [, , collabDev = '', ...missing] = process.argv;
const port = await choosePort('127.0.0.1', new Set(), 'our own backend');
const env = { ...process.env, PORT: `${port}` };
spawn(process.execPath, [collabDev, 'backend'], { stdio: 'inherit', env });

const isMissing = (url = ''): boolean => missing.some((path) => url.startsWith(path));

const door = createServer((asked, answer) => {
  if (isMissing(asked.url)) {
    answer.writeHead(404).end();
    return;
  }
  const { method, headers, url: path } = asked;
  if (method === 'GET' && path === process.env.FORGETS) {
    answer.writeHead(200, { 'content-type': 'application/json' }).end('[]');
    return;
  }
  const passed = request({ host: '127.0.0.1', port, method, headers, path }, (given) => {
    answer.writeHead(given.statusCode ?? 500, given.headers);
    given.pipe(answer);
  });
  passed.on('error', () => answer.destroy());
  asked.pipe(passed);
});
door.on('upgrade', (asked, socket, head) => {
  if (isMissing(asked.url)) {
    socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
    return;
  }
  const inner = connect(port, '127.0.0.1', () => {
    const lines = [`${asked.method} ${asked.url} HTTP/1.1`];
    for (let n = 0; n < asked.rawHeaders.length; n += 2) {
      lines.push(`${asked.rawHeaders[n]}: ${asked.rawHeaders[n + 1]}`);
    }
    inner.write(`${lines.join('\r\n')}\r\n\r\n`);
    inner.write(head);
    inner.pipe(socket).pipe(inner);
  });
  inner.on('error', () => socket.destroy());
  socket.on('error', () => inner.destroy());
});
door.listen(Number(process.env.PORT), '127.0.0.1');
