/** A terminal's width that every text keeps to. */
export const TERMINAL_WIDTH = 80;

/**
 * One line in as many as it takes, each further one below `indent` spaces. It breaks at spaces and
 * after the `|` that joins flags, which have no spaces between them.
 */
export function foldLine(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of text.split(/(?<=[ |])/)) {
    if (line !== '' && (line + piece).trimEnd().length > TERMINAL_WIDTH) {
      lines.push(line.trimEnd());
      line = ' '.repeat(indent);
    }
    line += piece;
  }
  return [...lines, line.trimEnd()];
}
