import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeHash, workerBundleName } from '../batch/code-hash.ts';

/** One thing that was looked at. `next` says what to do about it. */
export interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly text: string;
  readonly next?: string;
}

export const REBUILD = 'npm run build makes it again';

/**
 * Is what runs what the sources say? Plug-ins are found by folder: a built file whose source is
 * gone is still one of them.
 */
export function builtFrom(root: string, running: string): Finding {
  const check = 'build';
  const sources = join(root, 'src');
  const output = join(root, 'dist/src');
  if (!fileURLToPath(running).startsWith(output)) {
    return { check, status: 'ok', text: 'not run from the built output' };
  }
  if (!existsSync(sources)) return { check, status: 'ok', text: 'installed without its sources' };
  const wanted = modulesIn(sources, '.ts').filter((name) => !name.startsWith('play/'));
  const there = new Set(modulesIn(output, '.js'));
  const made = (name: string) => timeOf(join(output, `${name}.js`));
  const missing = wanted.filter((name) => !there.has(name));
  const older = wanted.filter(
    (name) => there.has(name) && made(name) < timeOf(join(sources, `${name}.ts`)),
  );
  const orphans = [...there].filter((name) => !existsSync(join(sources, `${name}.ts`)));
  const bundle = workerBundleName();
  const faults = [
    ...counted(existsSync(join(root, 'dist', bundle)) ? [] : [bundle], 'not built'),
    ...counted(missing, 'not built'),
    ...counted(older, 'older than its source'),
    ...counted(orphans, 'without a source'),
  ];
  if (faults.length === 0) {
    const text = `${wanted.length} modules as their sources, code ${codeHash()}`;
    return { check, status: 'ok', text };
  }
  const next = orphans.length > 0 ? `rm -r ${join(root, 'dist')}; ${REBUILD}` : REBUILD;
  const harmless = missing.length + older.length === 0 && !orphans.some(isPlugin);
  return { check, status: harmless ? 'warn' : 'fail', text: faults.join('; '), next };
}

/** Found by its folder, whether anybody names it or not. */
function isPlugin(name: string): boolean {
  return /(^|\/)(profiles|variants|workloads|metrics|formats|commands)\/[^/]+$/.test(name);
}

function counted(names: readonly string[], what: string): string[] {
  if (names.length === 0) return [];
  const more = names.length > 1 ? ` and ${names.length - 1} more` : '';
  return [`${what}: ${names[0]}${more}`];
}

/** Modules below a folder, without the extension; types are none. */
function modulesIn(folder: string, extension: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension) && !name.endsWith(`.d${extension}`))
    .map((name) => name.slice(0, -extension.length))
    .sort();
}

function timeOf(path: string): number {
  return statSync(path).mtimeMs;
}
