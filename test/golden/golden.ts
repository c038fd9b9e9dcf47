import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/**
 * Holds a text to the one that is kept. What differs is written beside it as NAME-changed.EXT:
 * if that is what it shall be from now on, it takes the place of the old one.
 */
export function expectGolden(name: string, text: string): void {
  const kept = join(import.meta.dirname, name);
  const changed = kept.replace(/(\.[^.]+)$/, '-changed$1');
  const known = existsSync(kept) ? readFileSync(kept, 'utf8') : '';
  if (known === text) rmSync(changed, { force: true });
  else writeFileSync(changed, text);
  expect(text, `differs from test/golden/${name}: see ${changed}`).toBe(known);
}
