/** The rows of a CSV text (RFC 4180: quotes, doubled quotes, line breaks inside them). */
export function* csvRows(text: string): Generator<string[]> {
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const quoted = text[at] === '"';
    const end = quoted ? closingQuote(text, at) + 1 : fieldEnd(text, at);
    const field = text.slice(at, end);
    row.push(quoted ? field.slice(1, -1).replaceAll('""', '"') : field);
    at = end;
    if (text[at] === ',') {
      at++;
      if (at === text.length) row.push('');
      continue;
    }
    if (text[at] === '\r') at++;
    at++;
    yield row;
    row = [];
  }
  if (row.length > 0) yield row;
}

function fieldEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== ',' && text[at] !== '\n' && text[at] !== '\r') at++;
  return at;
}

/** A quote that is not one of two. */
function closingQuote(text: string, from: number): number {
  let at = from + 1;
  for (;;) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length - 1;
    if (text[at + 1] !== '"') return at;
    at += 2;
  }
}
