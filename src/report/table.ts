import { TERMINAL_WIDTH } from '../base/fold-line.ts';

/** A cell's text stands left in its column, or right, as numbers do. */
export type Align = 'left' | 'right';

/** Lays rows out in columns two spaces apart; no space is left at the end of a line. */
export function alignTable(
  rows: readonly (readonly string[])[],
  aligns: readonly Align[],
): string[] {
  const widths = aligns.map((_, column) =>
    rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), 0),
  );
  return rows.map((row) =>
    aligns
      .map((align, column) => pad(row[column] ?? '', widths[column]!, align))
      .join('  ')
      .trimEnd(),
  );
}

function pad(text: string, width: number, align: Align): string {
  return align === 'left' ? text.padEnd(width) : text.padStart(width);
}

/** A number and its unit are one word: `1 %` is read at one glance, or taken for something else. */
const BETWEEN_WORDS = /(?<!\d)\s+|\s+(?!(?:%|[KMGT]i?B|kB|B|[numµ]?s)(?:[^\w]|$))/u;

/** Breaks a text at spaces into lines of at most `width`; longer words are cut. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(BETWEEN_WORDS).filter((each) => each !== '')) {
    let rest = word;
    if (line !== '' && indent.length + line.length + 1 + rest.length > width) {
      lines.push(indent + line);
      line = '';
    }
    while (indent.length + rest.length > width) {
      lines.push(indent + rest.slice(0, width - indent.length));
      rest = rest.slice(width - indent.length);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  return line === '' ? lines : [...lines, indent + line];
}

/** A text beside what it is about; what does not fit goes on below its beginning. */
export function hang(lead: string, text: string, width = TERMINAL_WIDTH): string[] {
  const lines = wrap(text, Math.max(width - lead.length, 24));
  return (lines.length === 0 ? [''] : lines).map((line, i) => {
    return `${i === 0 ? lead : ' '.repeat(lead.length)}${line}`.trimEnd();
  });
}

/** Breaks a metric's name after underscores into lines as short as `width` allows. */
export function breakName(name: string, width: number): string[] {
  const lines: string[] = [];
  for (const part of name.split(/(?<=_)/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + part.length <= width) {
      lines[lines.length - 1] = last + part;
    } else lines.push(part);
  }
  return lines;
}

/** A name of the user's own may be long: cut, and seen to be cut. */
export function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}~`;
}
