import { StringDecoder } from 'node:string_decoder';

/**
 * Cuts a stream of bytes into lines. A line over `longest` characters means that the other end does not speak our
 * protocol: `onTooLong` is called once and the rest is ignored.
 */
export function lineSplitter(
  longest: number,
  onLine: (line: string) => void,
  onTooLong: () => void,
): (chunk: Uint8Array) => void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let broken = false;
  return (chunk) => {
    if (broken) return;
    const lines = (rest + decoder.write(Buffer.from(chunk))).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
    if (rest.length > longest) {
      broken = true;
      rest = '';
      onTooLong();
    }
  };
}
