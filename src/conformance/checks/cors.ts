import type { Answer } from '../bench/ask.ts';
import type { Check } from '../check.ts';
import { expectThat, ideas } from './expect.ts';

const foreign = 'https://evil.example';
const allowed = 'access-control-allow-origin';

/** Which pages may call. */
export const corsChecks: readonly Check[] = [
  {
    id: 'cors.foreign-origin',
    level: 'must',
    section: '4',
    title: "a foreign page's request gets no CORS header",
    async run({ owner }) {
      expectNoHeader(await owner.ask({ path: ideas, headers: { origin: foreign } }));
    },
  },
  {
    id: 'cors.foreign-preflight',
    level: 'must',
    section: '4',
    title: "a foreign page's preflight gets no CORS header",
    async run({ owner }) {
      const headers = {
        origin: foreign,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, content-type',
      };
      expectNoHeader(await owner.askAs({ method: 'OPTIONS', path: ideas, headers }));
    },
  },
  {
    id: 'cors.own-page',
    level: 'should',
    section: '4',
    title: "the user's own page may call",
    needs: ({ pageOrigin }) =>
      pageOrigin === undefined ? 'needs a backend that this command starts' : undefined,
    async run({ owner, pageOrigin = '' }) {
      const answer = await owner.ask({ path: ideas, headers: { origin: pageOrigin } });
      answer.expect(200);
      const header = answer.headers[allowed];
      const sent = `${answer.sent} with Origin: ${pageOrigin} (PAGE_ORIGINS)`;
      expectThat(header === pageOrigin, sent, `${allowed}: ${header}`, pageOrigin);
    },
  },
];

function expectNoHeader({ sent, headers }: Answer): void {
  const header = headers[allowed];
  expectThat(header === undefined, `${sent} with Origin: ${foreign}`, `${allowed}: ${header}`, 'none');
}
