import { readdir } from 'node:fs/promises';
import { Catalog, type Named } from './catalog.ts';

/**
 * Loads every plug-in of a folder: one module a file, its default export the plug-in.
 * The file's name must be the plug-in's name; an index file is not needed and not allowed.
 */
export async function loadCatalog<T extends Named>(kind: string, folder: URL): Promise<Catalog<T>> {
  const files = (await readdir(folder)).filter((file) => /\.(js|ts)$/.test(file)).sort();
  const entries: T[] = [];
  for (const file of files) {
    if (file.endsWith('.d.ts')) continue;
    const module = (await import(new URL(file, folder).href)) as { default?: T };
    const entry = module.default;
    const expected = file.replace(/\.(js|ts)$/, '');
    if (entry === undefined || entry.name !== expected) {
      throw new Error(`${kind} file ${file} must export a default named '${expected}'`);
    }
    entries.push(entry);
  }
  return new Catalog(kind, entries);
}
