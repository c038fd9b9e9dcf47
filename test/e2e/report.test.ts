import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyFolder, gfpsim } from '../cli/gfpsim.ts';
import { launch, open } from './browser.ts';

// Can the page of the main job be read: without a script, on a telephone, at night, on paper, by
// those who do not see it?

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const SUITE = ['rfc-2018/drain', 'rfc-2018/injection', 'rfc-2018/pressure', '-r', '2'];
const READER = { javaScriptEnabled: false } as const;

let browser: Browser;
let url: string;

beforeAll(async () => {
  const folder = emptyFolder();
  const file = join(folder, 'report.html');
  const { status, stderr } = gfpsim(['run', ...SUITE, '-o', folder, '--export', `html=${file}`]);
  if (status !== 0) throw new Error(stderr);
  url = pathToFileURL(file).href;
  browser = await launch();
});
afterAll(() => browser.close());

describe('the report', () => {
  it('needs no script, no request but its own, and has nothing to complain of', async () => {
    const { page, requests, complaints } = await open(browser, url, READER);
    expect(await page.title()).toBe('gfpsim');
    expect(await page.locator('h1').textContent()).toBe('Which proposal keeps kmemleak alive?');
    expect(await page.locator('svg').count()).toBeGreaterThan(20);
    expect(requests).toEqual([url]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each([
    [1440, 900],
    [320, 900],
  ])('at %i px shows question, winner and picture on the first screen', async (width, height) => {
    const { page } = await open(browser, url, { viewport: { width, height } });
    for (const part of ['h1', '.verdict', '.picture svg']) {
      const box = await page.locator(part).first().boundingBox();
      expect(box).not.toBeNull();
      expect(box!.y + box!.height, part).toBeLessThanOrEqual(height);
      expect(box!.x + box!.width, part).toBeLessThanOrEqual(width);
    }
    await page.close();
  });

  it('scrolls sideways nowhere but in its tables and plots, at 320 px', async () => {
    const { page } = await open(browser, url, { viewport: { width: 320, height: 900 } });
    const root = 'document.documentElement';
    const widths = await page.evaluate<number[]>(`[${root}.scrollWidth, ${root}.clientWidth]`);
    expect(widths).toEqual([320, 320]);
    await page.close();
  });

  it('prints', async () => {
    const { page } = await open(browser, url, READER);
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString('latin1')).toBe('%PDF-');
    expect(pdf.length).toBeGreaterThan(50_000);
    await page.close();
  });

  it('has all plots and tables within the paper', async () => {
    // A4 less its margins, at 96 dots an inch.
    const { page } = await open(browser, url, { viewport: { width: 718, height: 1000 } });
    await page.emulateMedia({ media: 'print' });
    const script = `[...document.querySelectorAll('svg, table')].map((one) => {
      return Math.ceil(one.getBoundingClientRect().right);
    })`;
    const ends = await page.evaluate<number[]>(script);
    expect(Math.max(...ends)).toBeLessThanOrEqual(718);
    await page.close();
  });

  it.each(['light', 'dark'] as const)('has no serious fault by axe, in the %s', async (scheme) => {
    const { page } = await open(browser, url, { colorScheme: scheme });
    await page.evaluate(readFileSync(AXE, 'utf8'));
    const { violations } = await page.evaluate<AxeResult>('axe.run()');
    const faults = violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html}`);
    expect(faults.filter((fault) => /^(serious|critical) /.test(fault))).toEqual([]);
    await page.close();
  });

  it('lets the keyboard reach what scrolls and what is folded', async () => {
    const { page } = await open(browser, url, { ...READER, viewport: { width: 320, height: 900 } });
    const reached = new Set<string>();
    for (let step = 0; step < 30; step++) {
      await page.keyboard.press('Tab');
      const focused = page.locator(':focus');
      if ((await focused.count()) > 0) {
        reached.add((await focused.getAttribute('role')) ?? (await focused.textContent()) ?? '');
      }
    }
    expect([...reached]).toContain('region');
    expect([...reached]).toContain('What the columns mean');
    expect([...reached]).toContain('drain');
    await page.close();
  });
});

/** As much of axe-core's answer as is used here. */
interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}
