import type { UserId } from '../../../protocol/ids.ts';

const hues = 6;

/** The initial of a person in a colour of theirs: to be found at a glance, and said by the name beside it. */
export function Avatar({ user, name }: { readonly user: UserId; readonly name: string }) {
  const sum = [...user].reduce((total, letter) => (total * 31 + (letter.codePointAt(0) ?? 0)) % 1009, 0);
  const [initial = '?'] = name;
  return (
    <span className={`avatar hue-${sum % hues}`} aria-hidden="true">
      {initial.toUpperCase()}
    </span>
  );
}
