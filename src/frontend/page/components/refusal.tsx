/** Why something was not done, where it was asked for. */
export function Refusal({ words }: { readonly words: string | undefined }) {
  if (words === undefined) return undefined;
  return <p className="refusal">{words}</p>;
}
