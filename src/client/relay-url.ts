/**
 * Where a relay's Socket.IO face is: `http`, `https`, `ws` and `wss` are all understood. Socket.IO takes the path of a
 * URL for a namespace, so a path in front of the relay goes into its own `path` option; the `/ws/{user_id}` of the
 * plain face, which `register` answers with, is left out.
 */
export function relayAddress(collabUrl: string): { readonly origin: string; readonly path: string } {
  const { protocol, host, pathname } = new URL(collabUrl);
  const secure = protocol === 'https:' || protocol === 'wss:';
  const prefix = pathname.replace(/\/ws(\/[^/]*)?\/?$/, '').replace(/\/+$/, '');
  return { origin: `${secure ? 'https' : 'http'}://${host}`, path: `${prefix}/socket.io` };
}
