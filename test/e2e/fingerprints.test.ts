import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NodeFiles } from '../../src/cli/files/node-files.ts';
import { loadCatalogs } from '../../src/cli/load-catalogs.ts';
import { Runner } from '../../src/experiment/run.ts';
import type { Catalogs } from '../../src/scenario/catalogs.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { emptyFolder, gfpsim, ROOT } from '../cli/gfpsim.ts';
import { launch, open, settled, writePage } from './browser.ts';

// Does the page make the very runs that the command line makes? Event for event.

const FOLDER = join(ROOT, 'scenarios');
const SCENARIOS = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replace(/\.yaml$/, ''))
  .sort();

let browser: Browser;
let page: Page;
let url: string;
let catalogs: Catalogs;

beforeAll(async () => {
  browser = await launch();
  url = writePage(join(emptyFolder(), 'playground.html'));
  ({ page } = await open(browser, `${url}#smoke/drain`));
  catalogs = await loadCatalogs();
});
afterAll(() => browser.close());

/** Leaves the page at work on a state. */
async function ask(state: string): Promise<void> {
  await page.goto(`${url}#${state}`);
  await page.locator('#take-link', { hasText: `#${state}` }).waitFor({ timeout: 20_000 });
}

/** What its cards show in the end, by variant. */
async function shownPrints(): Promise<Record<string, string>> {
  await settled(page);
  const cards = await page.locator('.card').all();
  const pairs = cards.map(async (card) => [
    await card.getAttribute('data-drawn'),
    await card.locator('code').textContent(),
  ]);
  return Object.fromEntries(await Promise.all(pairs));
}

describe('the first run of the baseline', () => {
  it.each(SCENARIOS)('of %s is the same in the page', async (name) => {
    const file = join(FOLDER, `${name}.yaml`);
    const { scenario } = loadScenario(file, { files: new NodeFiles(), catalogs });
    const own = [...Object.keys(scenario.masks), ...Object.keys(scenario.derived)];
    const [variant] = scenario.variants;
    const only = own.length === 0 ? `&variants=[${variant}]&expect=&answer=` : '';
    await ask(`${name}${only}&replications=1`);
    // While the page is at work.
    const { name: called, seed } = scenario;
    const runner = new Runner([scenario], catalogs);
    const spec = { scenario: called, variant: variant!, replication: 0, seed };
    const { fingerprint } = runner.run(spec);
    expect((await shownPrints())[variant!]).toBe(fingerprint);
  });
});

describe('all proposals', () => {
  it('of a copied file are the same on the command line', async () => {
    const variants = catalogs.variants.names().join(',');
    const state = `rfc-2018/injection&variants=[${variants}]&seed=7&replications=1`;
    await ask(`${state}&load.0.params.attempts=2000`);
    const shown = await shownPrints();
    const folder = emptyFolder();
    const copy = join(folder, 'copied.yaml');
    writeFileSync(copy, (await page.locator('#take-yaml').textContent()) ?? '');
    const outcome = gfpsim(['run', copy, '-o', folder], folder);
    expect(`${outcome.status} ${outcome.stderr}`).toMatch(/^0 /);
    const runs = readFileSync(join(folder, 'copied/runs.csv'), 'utf8').trimEnd().split('\n');
    const [head = [], ...rows] = runs.map((line) => line.split(','));
    const cell = (row: string[], name: string) => row[head.indexOf(name)]!;
    const made = rows.map((row) => [cell(row, 'variant'), cell(row, 'fingerprint')]);
    expect(made.length).toBe(catalogs.variants.names().length);
    expect(Object.fromEntries(made)).toEqual(shown);
  });
});
