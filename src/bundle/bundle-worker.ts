import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { workerBundleName } from '../cli/code-hash.ts';

// Makes dist/batch-worker-HASH.mjs: the thread of a batch as one file. Some two hundred modules
// loaded one by one take a thread half a second of CPU time, one file a tenth of that. Its name is
// the hash of the code it was made of: what has changed since has another, and is loaded as it is.

const SRC = join(dirname(fileURLToPath(import.meta.url)), '..');
const DIST = dirname(SRC);

const REQUIRE = `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);`;

const FOLDERS: Readonly<Record<string, string>> = {
  kernel: 'kernel/profiles',
  variant: 'model/kmemleak/variants',
  workload: 'workload/workloads',
  metric: 'metric/metrics',
};

for (const name of readdirSync(DIST)) {
  if (/^batch-worker-.*\.mjs$/.test(name)) rmSync(join(DIST, name));
}
await build({
  entryPoints: [join(SRC, 'cli/batch-worker.js')],
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
  for (const [kind, folder] of Object.entries(FOLDERS)) {
    const files = readdirSync(join(SRC, folder)).filter((file) => file.endsWith('.js'));
    const names = files.sort().map((file, i) => {
      lines.push(`import ${kind}${i} from '../${folder}/${file}';`);
      return `${kind}${i}`;
    });
    lines.push(`const ${kind}s = new Catalog('${kind}', [${names.join(', ')}]);`);
  }
  const all = Object.keys(FOLDERS).map((kind) => `${kind}s`);
  lines.push(`export async function loadCatalogs() { return { ${all.join(', ')} }; }`);
  return lines.join('\n');
}

if (!existsSync(join(DIST, workerBundleName()))) throw new Error('the bundle has another name');
