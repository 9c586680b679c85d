import { sameOrigin } from './judge-share.ts';

export interface TargetFacts {
  readonly shareUrl: string;
  /** It was held against the registered address when it came in. */
  readonly originChecked: boolean;
  /** The address that the owner has registered now. */
  readonly registered: string | undefined;
}

export type Target =
  | { readonly kind: 'dial'; readonly url: string }
  | { readonly kind: 'wait' }
  | { readonly kind: 'broken'; readonly code: 'bad_origin' };

/**
 * Where to fetch from: never anything but the origin that the owner has registered. A URL that was right when it came
 * in moves along with an owner who has moved since.
 */
export function judgeTarget({ shareUrl, originChecked, registered }: TargetFacts): Target {
  if (registered === undefined) return { kind: 'wait' };
  if (sameOrigin(shareUrl, registered)) return { kind: 'dial', url: shareUrl };
  if (!originChecked || !URL.canParse(registered)) return { kind: 'broken', code: 'bad_origin' };
  const { pathname, search } = new URL(shareUrl);
  return { kind: 'dial', url: `${new URL(registered).origin}${pathname}${search}` };
}
