import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Floors whose code decides what a run gives. */
const FLOORS = [
  'base',
  'engine',
  'experiment',
  'kernel',
  'metric',
  'model',
  'scenario',
  'workload',
];

/**
 * Hash of the program that makes the runs, as it lies on disk: a stored run is taken again only by
 * the very code that made it. A version number would not do: it stays while the code changes.
 */
export function codeHash(floors: readonly string[] = FLOORS): string {
  const hash = createHash('sha256');
  for (const floor of floors) {
    const folder = fileURLToPath(new URL(`../../${floor}`, import.meta.url));
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    for (const name of names.filter((each) => /\.[jt]s$/.test(each)).sort()) {
      if (name.endsWith('.d.ts')) continue;
      hash.update(`${floor}/${name}\n`).update(readFileSync(join(folder, name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** Of the file in which a worker thread of just this code is, where the build has made it. */
export function workerBundleName(): string {
  return `batch-worker-${codeHash([...FLOORS, 'cli'])}.mjs`;
}
