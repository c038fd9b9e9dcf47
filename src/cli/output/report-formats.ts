import type { Catalog } from '../../base/catalog.ts';
import { loadCatalog } from '../../base/catalog-folder.ts';
import type { Format } from '../../report/format.ts';

/** What every command with a report can write, the default first. */
export const REPORT_FORMATS = [
  ...['text', 'mmtests', 'markdown', 'json', 'ndjson', 'csv'],
  ...['html', 'junit', 'ktap', 'github', 'job-summary'],
] as [string, ...string[]];

export function loadFormats(): Promise<Catalog<Format>> {
  return loadCatalog<Format>('format', new URL('../../report/formats/', import.meta.url));
}
