import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { workerBundleName } from '../cli/batch/code-hash.ts';
import { importPlugIns, PLUG_IN_FOLDERS } from './plug-ins.ts';

// Makes dist/batch-worker-HASH.mjs: the thread of a batch as one file. Some two hundred modules
// loaded one by one take a thread half a second of CPU time, one file a tenth of that. Its name is
// the hash of the code it was made of: what has changed since has another, and is loaded as it is.

const SRC = join(dirname(fileURLToPath(import.meta.url)), '..');
const DIST = dirname(SRC);

const REQUIRE = `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);`;

for (const name of readdirSync(DIST)) {
  if (/^batch-worker-.*\.mjs$/.test(name)) rmSync(join(DIST, name));
}
await build({
  entryPoints: [join(SRC, 'cli/batch/batch-worker.js')],
  outfile: join(DIST, workerBundleName()),
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  logLevel: 'error',
  // A package of the older kind asks for Node's own modules while it runs.
  banner: { js: REQUIRE },
  plugins: [catalogs()],
});

/** Plug-ins by folder, as the program finds them: here they are found when it is built. */
function catalogs(): Plugin {
  return {
    name: 'catalogs',
    setup({ onLoad }) {
      onLoad({ filter: /cli\/load-catalogs\.js$/ }, ({ path }) => ({
        contents: catalogsText(),
        resolveDir: dirname(path),
        loader: 'js',
      }));
    },
  };
}

function catalogsText(): string {
  const lines = ["import { Catalog } from '../base/catalog.js';"];
  const kinds = Object.keys(PLUG_IN_FOLDERS);
  for (const kind of kinds) {
    const plugIns = importPlugIns(kind, { src: SRC, path: '..', ending: '.js' });
    lines.push(...plugIns.lines);
    lines.push(`const ${kind}s = new Catalog('${kind}', [${plugIns.names.join(', ')}]);`);
  }
  const all = kinds.map((kind) => `${kind}s`);
  lines.push(`export async function loadCatalogs() { return { ${all.join(', ')} }; }`);
  return lines.join('\n');
}

if (!existsSync(join(DIST, workerBundleName()))) throw new Error('the bundle has another name');
