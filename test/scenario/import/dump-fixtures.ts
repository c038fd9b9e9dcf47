import { existsSync, readFileSync } from 'node:fs';
import { importProcfs, type ProcfsSnapshot } from '../../../src/scenario/import/procfs-snapshot.ts';

const FIXTURES = new URL('../../fixtures/e1/', import.meta.url);

export function fixture(name: string): string {
  return readFileSync(new URL(name, FIXTURES), 'utf8');
}

/** A snapshot of a measured machine, such as 4.17/mem-128M. */
export function snapshot(name: string): ProcfsSnapshot {
  return importProcfs((file) => {
    const path = new URL(`${name}/${file}`, FIXTURES);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }, name);
}
