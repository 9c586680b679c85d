import { z } from 'zod';
import { backendRoutes } from '../../protocol/backend-rest.ts';
import { census } from '../../protocol/census.ts';
import type { Answer } from '../bench/ask.ts';
import { type Check, NotOffered } from '../check.ts';

/** What nobody has to offer; with it the harness proves more, or people see more. */
export const optionalChecks: readonly Check[] = [
  {
    id: 'optional.inbox',
    level: 'may',
    section: '4',
    title: '/api/v1/inbox, the events as they were committed',
    async run({ owner }) {
      offered(await owner.ask({ path: '/api/v1/inbox' })).as(backendRoutes.readInbox.answer);
    },
  },
  {
    id: 'optional.census',
    level: 'may',
    section: '4',
    title: '/api/v1/census, by which quiet can be proven',
    async run({ owner }) {
      offered(await owner.ask({ path: '/api/v1/census' })).as(census);
    },
  },
  {
    id: 'optional.metrics',
    level: 'may',
    section: '4',
    title: '/metrics, for Prometheus',
    async run({ owner }) {
      offered(await owner.askAs({ path: '/metrics' }));
    },
  },
  {
    id: 'optional.openapi',
    level: 'may',
    section: '4',
    title: '/openapi.json, its routes',
    async run({ owner }) {
      offered(await owner.askAs({ path: '/openapi.json' })).as(z.looseObject({ openapi: z.string() }));
    },
  },
];

/** @throws NotOffered where nothing is there */
function offered(answer: Answer): Answer {
  if (answer.status === 404 || answer.status === 405) throw new NotOffered(answer.came);
  return answer.expect(200);
}
