import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyFolder, gfpsim } from '../cli/gfpsim.ts';
import { launch, open, serve, settled, writePage } from './browser.ts';

// Is the page what somebody needs who has only a browser, a keyboard, a small screen, or paper?

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const FILE = join(emptyFolder(), 'playground.html');
/** Over in a moment, and some proposals die in it. */
const QUICK = 'smoke/injection';

let browser: Browser;
let url: string;

beforeAll(async () => {
  browser = await launch();
  url = writePage(FILE);
});
afterAll(() => browser.close());

/** The text of an element by its id. */
function textOf(page: Page, id: string): Promise<string | null> {
  return page.locator(`#${id}`).textContent();
}

/** Notes what is there when a curve is drawn for the first time, and what workers told when. */
const WATCH_CURVES = `
  globalThis.told = [];
  globalThis.Worker = class extends Worker {
    constructor(address) {
      super(address);
      this.addEventListener('message', ({ data }) => told.push(data.kind));
    }
  };
  globalThis.first = null;
  globalThis.growing = 0;
  new MutationObserver(() => {
    const count = (what) => document.querySelectorAll(what).length;
    if (count('.card svg .course') === 0) return;
    first ??= { controls: count('#controls *'), verdicts: count('.verdict') };
    if (count('.card:not([data-drawn]) svg .course') > 0) growing++;
  }).observe(document, { childList: true, subtree: true });`;

/** Keeps the page's program back until the worker has told much. */
const LATE_PROGRAM = `
  const { append } = Element.prototype;
  Element.prototype.append = function (...nodes) {
    const late = () => gfpsim.heard.length < 3 ? setTimeout(late) : append.apply(this, nodes);
    if (nodes[0]?.tagName === 'SCRIPT') late();
    else append.apply(this, nodes);
  };`;

describe('the first plot', () => {
  it('is told and drawn before its run has ended, and before the page is whole', async () => {
    const link = `${url}#rfc-2018/pressure&variants=[quiet-2011]&expect=&replications=1&seed=7`;
    const { page } = await open(browser, link, { watching: WATCH_CURVES });
    await settled(page);
    const told = await page.evaluate<string[]>('told');
    const growing = told.slice(0, told.indexOf('run'));
    expect(growing.slice(0, 3)).toEqual(['program', 'scenario', 'course']);
    expect(growing.filter((kind) => kind === 'course').length).toBeGreaterThan(10);
    expect(await page.evaluate('first')).toEqual({ controls: 0, verdicts: 0 });
    expect(await page.evaluate('growing')).toBeGreaterThan(1);
    expect(await page.getByLabel('Seed', { exact: true }).inputValue()).toBe('7');
    await page.close();
  });
});

describe('opening it', () => {
  it('loses nothing of what the worker tells before the page can listen', async () => {
    const { page } = await open(browser, `${url}#${QUICK}`, { watching: LATE_PROGRAM });
    await settled(page);
    expect(await page.locator('.card[data-drawn]').count()).toBe(3);
    await page.close();
  });

  it('from a disk takes one request, says nothing, and shows who won and why', async () => {
    const { page, requests, complaints } = await open(browser, url);
    await page.locator('.card[data-drawn] svg .course').first().waitFor();
    await page.locator('.verdict').waitFor();
    expect(requests).toEqual([url]);
    expect(complaints).toEqual([]);
    expect(await page.locator('.verdict').textContent()).toMatch(/keeps? kmemleak alive/);
    const words = await page.locator('#verdict').textContent();
    expect(words).toContain('kmemleak, the kernel’s leak detector');
    expect(await page.locator('.card').count()).toBe(10);
    await page.close();
  });

  it('from a static host does the same', async () => {
    const { url: address, server } = await serve(FILE);
    const { page, requests, complaints } = await open(browser, `${address}#${QUICK}`);
    await settled(page);
    expect(requests).toEqual([address]);
    expect(complaints).toEqual([]);
    await page.close();
    server.close();
  });

  it('with a scenario of its own begins with that', async () => {
    const page = (await open(browser, writePage(join(emptyFolder(), 'p.html'), 'smoke/drain')))
      .page;
    await settled(page);
    expect(await textOf(page, 'question')).toBe('Is the drain of a small machine what it was?');
    await page.close();
  });
});

describe('a change', () => {
  it('makes other runs, and goes into link, command and file', async () => {
    const { page } = await open(browser, `${url}#${QUICK}`);
    await settled(page);
    const before = await page.locator('.card .print').allTextContents();
    await page.getByLabel('probability').first().fill('60');
    await page.locator('#take-link', { hasText: 'probability=60' }).waitFor();
    await settled(page);
    expect(await page.locator('.card .print').allTextContents()).not.toEqual(before);
    expect(await textOf(page, 'take-command')).toBe(
      'gfpsim run smoke/injection -s fault.failslab.probability=60',
    );
    expect(await textOf(page, 'take-yaml')).toContain('probability: 60');
    await page.close();
  });

  it('travels in the link: another page shows the very same', async () => {
    const { page } = await open(browser, `${url}#${QUICK}`);
    await settled(page);
    await page.getByLabel('Seed', { exact: true }).fill('a b/c');
    await page.getByLabel('Seed', { exact: true }).press('Tab');
    await page.getByRole('checkbox', { name: 'nofail-4.15' }).uncheck();
    await page.locator('#take-link', { hasText: 'variants=' }).waitFor();
    await settled(page);
    const shared = page.url();
    const shown = await page.locator('main').textContent();
    await page.close();
    const other = (await open(browser, shared)).page;
    await settled(other);
    expect(await other.locator('main').textContent()).toBe(shown);
    expect(await other.getByLabel('Seed', { exact: true }).inputValue()).toBe('a b/c');
    expect(await other.locator('.card').count()).toBe(2);
    expect(await other.getByRole('checkbox', { name: 'nofail-4.15' }).isChecked()).toBe(false);
    await other.close();
  });

  it('that does not fit is told at its field, in the words of the command line', async () => {
    const { page, complaints } = await open(browser, `${url}#${QUICK}`);
    await settled(page);
    await page.getByLabel('probability').first().fill('120');
    const fault = page.locator('#field-fault-failslab-probability-fault');
    await fault.filter({ hasText: 'expected' }).waitFor();
    expect(await page.locator('[aria-invalid=true]').count()).toBe(1);
    await page.getByLabel('probability').first().fill('12');
    await page.locator('#take-link', { hasText: 'probability=12' }).waitFor();
    expect(await page.locator('[aria-invalid=true]').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each(['none-such', 'smoke/drain&x', 'smoke/drain&machine.cpu=2'])(
    'in a broken link (%s) is told on top',
    async (state) => {
      const { page, complaints } = await open(browser, `${url}#${state}`);
      await page.locator('#fault', { hasText: /\w/ }).waitFor();
      await page.locator('#field-scenario').waitFor();
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});

describe('the request that is followed', () => {
  it('travels in the link, with its step', async () => {
    const { page } = await open(browser, `${url}#smoke/drain`);
    await settled(page);
    await page.getByLabel('Caller', { exact: true }).selectOption('GFP_NOWAIT');
    await page.getByLabel('Whose request').selectOption('');
    await page.getByLabel('Free in DMA32').fill('1234');
    await page.locator('.scenes button').nth(1).click();
    await page.locator('#take-link', { hasText: 'decide.step=2' }).waitFor();
    const shared = page.url();
    const shown = await page.locator('#decision').textContent();
    await page.close();
    const other = (await open(browser, shared)).page;
    await settled(other);
    expect(await other.locator('#decision').textContent()).toBe(shown);
    expect(await other.getByLabel('Caller', { exact: true }).inputValue()).toBe('GFP_NOWAIT');
    expect(await other.getByLabel('Whose request').inputValue()).toBe('');
    expect(await other.getByLabel('Free in DMA32').inputValue()).toBe('1234');
    expect(await other.locator('.scenes button[aria-current]').count()).toBe(1);
    expect(await textOf(other, 'take-command')).toBe('gfpsim run smoke/drain');
    await other.close();
  });
});

describe('the table', () => {
  it('is saved as the CSV that the command line writes', async () => {
    const { page, complaints } = await open(browser, `${url}#${QUICK}`);
    await settled(page);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('injection.csv');
    const saved = readFileSync((await download.path()) ?? '', 'utf8');
    const made = gfpsim(['run', QUICK, '--format', 'csv', '-o', emptyFolder()]);
    expect(saved).toBe(made.stdout);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe('by keyboard alone', () => {
  it('one skips to the results, changes a value, and walks through a request', async () => {
    const { page } = await open(browser, `${url}#smoke/drain`);
    await settled(page);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.locator('main:focus').count()).toBe(1);
    const buttons = page.locator('.scenes button');
    for (let tabs = 0; (await page.locator('.steps button:focus').count()) === 0; tabs++) {
      expect(tabs).toBeLessThan(60);
      await page.keyboard.press('Tab');
    }
    const places = async () => page.locator('.told').textContent();
    const last = await places();
    await page.keyboard.press('ArrowLeft');
    expect(await places()).not.toBe(last);
    await page.keyboard.press('ArrowRight');
    expect(await places()).toBe(last);
    expect(await page.locator('.scenes button[aria-current=step]').count()).toBe(1);
    expect(await buttons.count()).toBeGreaterThan(2);
    await page.close();
  });
});

describe('on a screen', () => {
  it.each([
    [320, 'light'],
    [1440, 'dark'],
  ] as const)('%i px wide, in %s, nothing is cut off or hard to read', async (width, scheme) => {
    const viewport = { width, height: 900 };
    const { page } = await open(browser, `${url}#${QUICK}`, { viewport, colorScheme: scheme });
    await settled(page);
    for (const summary of await page.locator('summary').all()) {
      if (await summary.isVisible()) await summary.click();
    }
    const wide = await page.evaluate('document.documentElement.scrollWidth');
    expect(wide).toBeLessThanOrEqual(width);
    await page.evaluate(AXE);
    const found = (await page.evaluate('axe.run()')) as {
      violations: { id: string; impact: string; nodes: { html: string }[] }[];
    };
    const serious = found.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
    expect(serious).toEqual([]);
    await page.close();
  });
});

describe('on paper', () => {
  it('stand the verdict and the numbers, without the controls', async () => {
    const { page } = await open(browser, `${url}#${QUICK}`);
    await settled(page);
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('#controls').isVisible()).toBe(false);
    expect(await page.locator('.verdict').isVisible()).toBe(true);
    await page.close();
  });
});
