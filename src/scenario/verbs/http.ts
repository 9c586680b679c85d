import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { exchange, jsonOf } from '../../http/exchange.ts';
import { actOptions, actWithinMs, unknownAct } from '../act.ts';
import { requestPattern, targetOf, tokenKinds, tokenOf } from '../http-target.ts';
import { detailsOf, inWordsOf } from '../route-client.ts';
import { failed, passed } from '../step-end.ts';
import { defineVerb } from '../verb.ts';

export const http = defineVerb({
  name: 'http',
  kind: 'act',
  summary: "Asks the own backend, the relay ($relay/…) or somebody else's backend ($bob.url/…).",
  schemas: (leaves) => ({
    object: z
      .string()
      .regex(requestPattern, 'must be "METHOD /path", "METHOD $ref…" or "$ref…", which is a GET'),
    options: actOptions(leaves).extend({
      body: z.unknown().optional(),
      headers: z.record(z.string(), z.string()).optional(),
      token: z
        .enum(tokenKinds)
        .default('own')
        .meta({
          description:
            "own: the user's token for their own backend (for the relay, when it is asked); relay: always that for " +
            'the relay; expired: the own one, too old; none: no token.',
        }),
    }),
  }),
  async run({ who, object, options }, context) {
    const target = targetOf(object, who, context);
    const token = await tokenOf(options.token, who, target, context.stack);
    const body = context.names.resolve(options.body);
    const timeoutMs = options.within ?? actWithinMs;
    const headers = Object.entries(options.headers ?? {}).map(([key, value]) => [
      key.toLowerCase(),
      context.names.text(value),
    ]);
    // Reading changes nothing; what else a request does is its author's secret.
    const ended =
      target.method === 'GET'
        ? undefined
        : context.acts.begin({
            user: who,
            what: `ask ${object}`,
            deed: { do: 'request' },
            cause: undefined,
            range: context.range,
            wantsMore: true,
          });
    const reply = await exchange({
      method: target.method,
      url: target.url,
      headers: {
        accept: 'application/json',
        'x-cause': uuid(),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...Object.fromEntries(headers),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      authorities: context.stack.authorities,
      timeoutMs,
      signal: context.signal,
    });
    ended?.(
      reply.answered
        ? { is: reply.status < 300 ? 'done' : 'refused', status: reply.status }
        : { is: 'unknown', why: reply.why },
    );
    if (!reply.answered) return unknownAct(who, `ask ${object}`, reply.why);

    const json = jsonOf(reply.body);
    const answer = { status: reply.status, headers: reply.headers, body: json ?? reply.body };
    const details = detailsOf(json);
    const said = inWordsOf({ status: reply.status, details });
    const { outcome } = options;
    if (!outcome) {
      const fine = reply.status >= 200 && reply.status <= 299;
      return fine
        ? passed(answer)
        : failed('act-refused', `${who} asked ${object}, and was refused: ${said}.`);
    }
    const { status = reply.status, code = details.code } = outcome;
    if (status === reply.status && code === details.code) return passed(answer);
    const expected = [outcome.status, outcome.code].filter((part) => part !== undefined).join(' ');
    return failed('other-outcome', `${who} asked ${object} and was to get ${expected}, and got ${said}.`);
  },
});
