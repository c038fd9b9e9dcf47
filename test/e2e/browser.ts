import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { gfpsim } from '../cli/gfpsim.ts';

export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Debian's Chromium; whoever has none is told so, not spared. */
export function launch(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`no Chromium at ${CHROMIUM}: apt-get install chromium, or set CHROMIUM`);
  }
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
}

/** A page and all that it asked for and said. */
export interface WatchedPage {
  readonly page: Page;
  /** What went over the network or came from a disk. */
  readonly requests: string[];
  readonly complaints: string[];
}

/** `watching`: a script that is there before the page's own. */
export async function open(
  browser: Browser,
  url: string,
  { watching, ...options }: BrowserContextOptions & { readonly watching?: string } = {},
): Promise<WatchedPage> {
  const page = await browser.newPage(options);
  if (watching !== undefined) await page.addInitScript(watching);
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url())) requests.push(request.url());
  });
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, requests, complaints };
}

/** Until all runs are made and told. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main[aria-busy=false]').waitFor();
}

/** Writes the page as users do. */
export function writePage(file: string, scenario?: string): string {
  const words = scenario === undefined ? [] : [scenario];
  const outcome = gfpsim(['play', ...words, '-o', file]);
  if (outcome.status !== 0) throw new Error(outcome.stderr);
  return pathToFileURL(file).href;
}

/** A static host for one file. */
export async function serve(file: string): Promise<{ url: string; server: Server }> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(readFileSync(file));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}/`, server };
}
