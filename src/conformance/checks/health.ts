import { jwks } from '../../protocol/backend-rest.ts';
import { healthz, readyz } from '../../protocol/health.ts';
import type { Check } from '../check.ts';

/** Is it there, and who is it? */
export const healthChecks: readonly Check[] = [
  {
    id: 'health.healthz',
    level: 'must',
    section: '4',
    title: '/healthz says that the process is alive, without a token',
    async run({ owner }) {
      (await owner.askAs({ path: '/healthz' })).expect(200).as(healthz);
    },
  },
  {
    id: 'health.readyz',
    level: 'must',
    section: '4',
    title: '/readyz says 200 while it is connected to the relay',
    async run({ owner }) {
      const answer = await owner.until(
        () => owner.askAs({ path: '/readyz' }),
        '200 with status "ready"',
        ({ status }) => status === 200,
      );
      if (answer.as(readyz).status !== 'ready') throw answer.broken('status "ready"');
    },
  },
  {
    id: 'health.jwks',
    level: 'must',
    section: '4',
    title: '/.well-known/jwks.json holds the Ed25519 key of its peer tokens',
    async run({ owner }) {
      const answer = (await owner.askAs({ path: '/.well-known/jwks.json' })).expect(200);
      const { keys } = answer.as(jwks);
      if (keys.length === 0) throw answer.broken('one key or more');
      if (keys.some((key) => 'd' in key)) throw answer.broken('public keys only: "d" is the private half');
    },
  },
  {
    id: 'health.readyz-without-relay',
    level: 'should',
    section: '4',
    title: '/readyz says 503 while there is no connection to the relay, and 200 when it is back',
    async run({ owner, wire }) {
      const look = () => owner.askAs({ path: '/readyz' });
      {
        using _cut = wire.cut();
        const answer = await owner.until(look, '503', ({ status }) => status === 503);
        if (answer.as(readyz).status !== 'not-ready') throw answer.broken('status "not-ready"');
      }
      await owner.until(look, '200 again', ({ status }) => status === 200, 60_000);
    },
  },
];
