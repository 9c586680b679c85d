/** Control characters, and those that turn the direction of text around (Unicode TR 36, section 3.2). */
const unprintable = /(?!\n)\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text of somebody else's that moves no cursor, rings no bell and does not read as something that it is not. */
export function plainText(text: string): string {
  return text.replace(unprintable, (character) => (character === '\t' ? ' ' : ''));
}
