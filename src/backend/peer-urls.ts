/**
 * Where the backends of others are, by user: `COLLAB_USER_<NAME>_URL`. A name in such a variable has no lower case and
 * only letters, digits and `_`, so it is held against the friends first: `COLLAB_USER_MARY_ANN_URL` is of the friend
 * `mary-ann`, and of `mary_ann` where nobody is called that.
 */
export function peerUrls(
  environment: Readonly<Record<string, string | undefined>>,
  friends: readonly string[],
): Record<string, string> {
  const asVariable = (user: string) => user.toUpperCase().replace(/[^A-Z0-9]/g, '_');
  return Object.fromEntries(
    Object.entries(environment).flatMap(([variable, value]) => {
      const name = /^COLLAB_USER_([A-Z0-9_]+)_URL$/.exec(variable)?.[1];
      const url = value?.trim();
      if (name === undefined || !url) return [];
      return [[friends.find((friend) => asVariable(friend) === name) ?? name.toLowerCase(), url]];
    }),
  );
}
