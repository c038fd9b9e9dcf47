import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { paint } from '../../src/cli/pages/paint.ts';
import { drawing, element, standalone } from '../../src/report/plot/svg.ts';

const text = (words: string, style: string) =>
  element('text', { x: 4, y: 20, class: style }, [words]);

function drawn(children: readonly string[]): string {
  const says = { title: 'a', description: 'b' };
  return standalone(drawing({ width: 60, height: 30 }, says, children));
}

describe('a painted drawing', () => {
  test('has twice its size', async () => {
    const bytes = Buffer.from(await paint(drawn([])));
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([120, 60]);
  });

  test('has letters, bold ones and marks, from fonts of its own', async () => {
    const none = (await paint(drawn([]))).length;
    const plain = (await paint(drawn([text('words', 'tick')]))).length;
    const strong = (await paint(drawn([text('words', 'strong')]))).length;
    const marks = (await paint(drawn([text('\u2713 \u00d7 \u2026', 'tick')]))).length;
    expect(plain).toBeGreaterThan(none + 300);
    expect(marks).toBeGreaterThan(none + 200);
    expect(strong).not.toBe(plain);
  });

  test('is the same bytes on every machine', async () => {
    const bytes = await paint(drawn([text('words', 'strong')]));
    const hash = createHash('sha256').update(bytes).digest('hex');
    expect(hash).toBe('ce4859654a97460731ea57432bdcc157956aef7e8f4236bea8b910e6eac8fe11');
  });
});
