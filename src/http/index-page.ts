import type { Route } from '../protocol/route.ts';

export interface IndexPage {
  readonly title: string;
  readonly sentence: string;
  readonly routes: Readonly<Record<string, Route>>;
  readonly sockets: readonly { readonly path: string; readonly summary: string }[];
}

/** What is here, as a page for people: every route and socket with its sentence, links where a browser can follow. */
export function indexPage({ title, sentence, routes, sockets }: IndexPage): string {
  const rows = Object.values(routes).map(({ method, path, summary }) => {
    const followable = method === 'GET' && !path.includes(':') && !path.startsWith('/api/');
    const shown = followable ? `<a href="${escaped(path)}">${escaped(path)}</a>` : escaped(path);
    return row(method, shown, summary);
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 50rem; padding: 0 1rem }
table { border-collapse: collapse } td { padding: .1rem 1rem .1rem 0; vertical-align: top }</style>
<h1>${escaped(title)}</h1>
<p>${escaped(sentence)}</p>
<table>
${[...rows, ...sockets.map(({ path, summary }) => row('socket', escaped(path), summary))].join('\n')}
</table>
</html>
`;
}

const row = (method: string, path: string, summary: string): string =>
  `<tr><td>${method}</td><td><code>${path}</code></td><td>${escaped(summary)}</td></tr>`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
