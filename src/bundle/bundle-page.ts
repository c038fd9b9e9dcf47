import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { importPlugIns, PLUG_IN_FOLDERS } from './plug-ins.ts';

// Makes dist/playground.html: one file with the whole simulator in it, for `gfpsim play`.
//
//   src/play/page.html   the frame, with a place for each of the rest
//   src/play/style.css   its style sheet
//   src/play/loader.js   unpacks the program and runs it
//   src/play/main.ts     the program, with all that it imports: bundled, packed, in base64
//
// The policy in the page names the style sheet and the loader by their hashes.

const ROOT = rootOf(dirname(fileURLToPath(import.meta.url)));
const PLAY = join(ROOT, 'src/play');
const MAX_BYTES = 400 * 1024;

const page = pageOf(await program());
if (page.length > MAX_BYTES) throw new Error(`the playground has ${page.length} bytes`);
const target = process.argv[2] ?? join(ROOT, 'dist/playground.html');
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, page);

async function program(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(PLAY, 'main.ts')],
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    // The build of it that needs nothing of Node's.
    alias: { 'csv-stringify/sync': 'csv-stringify/browser/esm/sync' },
    plugins: [bundled()],
  });
  return outputFiles[0]!.text;
}

/** Plug-ins and scenarios by folder, as the command line finds them; no list is kept by hand. */
function bundled(): Plugin {
  return {
    name: 'gfpsim:bundled',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^gfpsim:/ }, ({ path }) => ({ path, namespace: 'bundled' }));
      onLoad({ filter: /.*/, namespace: 'bundled' }, ({ path }) => ({
        contents: path === 'gfpsim:version' ? versionText() : bundledText(),
        resolveDir: join(ROOT, 'src'),
        loader: 'js',
      }));
    },
  };
}

function bundledText(): string {
  const lines: string[] = [];
  for (const kind of Object.keys(PLUG_IN_FOLDERS)) {
    const from = { src: join(ROOT, 'src'), path: '.', ending: '.ts' };
    const plugIns = importPlugIns(kind, from);
    lines.push(...plugIns.lines);
    lines.push(`export const ${kind}s = [${plugIns.names.join(', ')}];`);
  }
  lines.push(`export const files = ${JSON.stringify(scenarioTexts())};`);
  return lines.join('\n');
}

function versionText(): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return `export const version = ${JSON.stringify(version)};`;
}

/** Scenarios and the machines that they name; comments in them are for those who read files. */
function scenarioTexts(): Record<string, string> {
  const folder = join(ROOT, 'scenarios');
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

function pageOf(text: string): string {
  const read = (name: string) => readFileSync(join(PLAY, name), 'utf8').trim();
  const style = read('style.css');
  const loader = read('loader.js');
  const packed = gzipSync(text, { level: 9 }).toString('base64');
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(loader)}' blob:`,
    'worker-src blob:',
    `style-src '${hashOf(style)}'`,
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const places: readonly (readonly [place: string, text: string])[] = [
    ['content="policy"', `content="${policy}"`],
    ['<style></style>', `<style>${style}</style>`],
    ['id="program"></script>', `id="program">${packed}</script>`],
    ['<script></script>', `<script>${loader}</script>`],
  ];
  return places.reduce(
    (html, [place, filled]) => {
      if (!html.includes(place)) throw new Error(`page.html has no ${place}`);
      return html.replace(place, () => filled);
    },
    `${read('page.html')}\n`,
  );
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** From src/ and from dist/src/ alike. */
function rootOf(start: string): string {
  let folder = start;
  while (!readdirSync(folder).includes('package.json')) folder = dirname(folder);
  return folder;
}
