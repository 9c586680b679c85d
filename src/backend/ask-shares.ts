import { z } from 'zod';
import type { Offer } from '../client/plan-resync.ts';
import { backendRoutes, type OfferedShare, sharesInPage } from '../protocol/backend-rest.ts';
import type { FetchOutcome } from './checks/judge-fetch.ts';

const { path, answer } = backendRoutes.listShares;
/** Beyond this many pages the answer is no honest one. */
const mostPages = 200;

/** Asks a friend's backend for everything that it shares with us, page after page. */
export async function askShares(
  ask: (path: string) => Promise<FetchOutcome<unknown>>,
  life: string,
): Promise<FetchOutcome<Offer[]>> {
  const offers = new Map<string, Offer>();
  let after = '';
  for (let page = 1; page <= mostPages; page += 1) {
    const outcome = await ask(`${path}?life=${encodeURIComponent(life)}${after}`);
    if (outcome.kind !== 'answered') return outcome;
    const { status } = outcome;
    const parsed = z.safeParse(answer, outcome.answer);
    if (!parsed.success) return { kind: 'broken', code: 'bad_answer', status };
    const known = size(offers);
    for (const share of parsed.data)
      offers.set(share.position_id, joined(offers.get(share.position_id), share));
    const units = parsed.data.reduce((sum, { comment_ids }) => sum + 1 + comment_ids.length, 0);
    // A backend that knows no pages answers with everything each time.
    if (units < sharesInPage || size(offers) === known) {
      return { kind: 'answered', status, answer: [...offers.values()] };
    }
    after = cursorAfter(parsed.data.at(-1));
  }
  return { kind: 'broken', code: 'too_big' };
}

function joined(before: Offer | undefined, share: OfferedShare): Offer {
  return {
    position: share.position_id,
    share: share.share_id,
    version: share.version,
    digest: share.digest,
    comments: [...new Set([...(before?.comments ?? []), ...share.comment_ids])],
  };
}

const size = (offers: ReadonlyMap<string, Offer>): number =>
  [...offers.values()].reduce((sum, { comments }) => sum + 1 + comments.length, 0);

function cursorAfter(last: OfferedShare | undefined): string {
  if (!last) return '';
  const comment = last.comment_ids.at(-1);
  const position = `&after=${encodeURIComponent(last.position_id)}`;
  return comment === undefined ? position : `${position}&after_comment=${encodeURIComponent(comment)}`;
}
