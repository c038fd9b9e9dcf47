import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { alignTable } from '../../src/report/table.ts';
import { median } from './rounds.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const PLAYGROUND = fileURLToPath(new URL('../../playground.html', import.meta.url));

/** What there is to see of a page, in this order, and how to find it. */
const SIGHTS: Readonly<Record<string, string>> = {
  'the frame': '#controls',
  'the first plot, growing': '.card svg .course',
  'the controls': '#controls fieldset',
  'the first run, whole': '.card[data-drawn]',
  'the verdict': '.verdict',
};

/** Notes when the browser made its first frame with each sight in it. */
const WATCH = `
  globalThis.seenAt = {};
  const sights = ${JSON.stringify(SIGHTS)};
  new MutationObserver(() => {
    for (const [name, selector] of Object.entries(sights)) {
      if (name in seenAt || document.querySelector(selector) === null) continue;
      seenAt[name] = null;
      requestAnimationFrame(() => { seenAt[name] = performance.now(); });
    }
  }).observe(document, { childList: true, subtree: true });`;

type Sights = Readonly<Record<string, number | null>>;

/** Opening the playground in a real browser, from a disk: wall time, for that is what one waits. */
export async function benchPage(rounds: number): Promise<string[]> {
  if (!existsSync(CHROMIUM)) return [`page: left out, no Chromium at ${CHROMIUM}`];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  const openings: Sights[] = [];
  for (let round = 0; round < rounds; round++) openings.push(await openingOf(browser));
  await browser.close();
  const rows = Object.keys(SIGHTS).map((name) => {
    const all = openings.map((sights) => sights[name] ?? Number.NaN);
    return [name, ...[median(all), Math.min(...all), Math.max(...all)].map((ms) => ms.toFixed(0))];
  });
  return [
    'page: milliseconds from the start of opening the playground until a frame shows something',
    ...alignTable(
      [['what', 'median', 'least', 'most'], ...rows],
      ['left', 'right', 'right', 'right'],
    ),
  ];
}

async function openingOf(browser: Browser): Promise<Sights> {
  const page = await browser.newPage();
  await page.addInitScript(WATCH);
  await page.goto(pathToFileURL(PLAYGROUND).href);
  await page.locator('main[aria-busy=false]').waitFor();
  await page.waitForFunction('Object.values(seenAt).every((ms) => ms !== null)');
  const sights = await page.evaluate<Sights>('seenAt');
  await page.close();
  return sights;
}
