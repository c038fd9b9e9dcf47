import { hashHex } from '../base/hash.ts';

/** Two lines: what it is with the hash of the second one, and that: a text without line breaks. */
export function hashedLines(magic: string, text: string): string {
  return `${magic} ${hashHex(text)}\n${text}\n`;
}

/** The text in such lines; null where they are not what was written. */
export function textOfHashed(magic: string, lines: string): string | null {
  const end = lines.indexOf('\n');
  const text = lines.slice(end + 1, -1);
  const isWhole = lines.slice(0, end) === `${magic} ${hashHex(text)}` && lines.endsWith('\n');
  return isWhole ? text : null;
}
