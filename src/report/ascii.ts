/** What mail and old terminals show for sure: each character in plain ASCII. */
export function toAscii(text: string): string {
  return text
    .replace(/[‘’‚]/g, "'")
    .replace(/[“”„]/g, '"')
    .replace(/[–—−]/g, '-')
    .replace(/…/g, '...')
    .replace(/×/g, 'x')
    .replace(/≤/g, '<=')
    .replace(/≥/g, '>=')
    .replace(/µ|μ/g, 'u')
    .replace(/\s/g, ' ')
    .replace(/[^\x20-\x7e]/gu, '?');
}
