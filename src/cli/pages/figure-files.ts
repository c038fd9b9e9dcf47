import { figureGroups } from '../../report/figure-set.ts';
import { galleryPage } from '../../report/gallery.ts';
import { standalone } from '../../report/plot/svg.ts';
import type { Report } from '../../report/report.ts';
import { GALLERY } from './figure-folder.ts';

/** The files of a folder by their names. */
export type FolderFiles = ReadonlyMap<string, string | Uint8Array>;

/** Every plot of these reports in SVG or PNG, or of each load one, and a page of all. */
export async function figureFiles(
  reports: readonly Report[],
  format: string,
  isBrief: boolean,
): Promise<FolderFiles> {
  const groups = figureGroups(reports, isBrief);
  const files = new Map<string, string | Uint8Array>();
  const paint = format === 'png' ? (await import('./paint.ts')).paint : null;
  for (const { figures } of groups) {
    for (const { name, figure } of figures) {
      const svg = standalone(figure.svg);
      files.set(`${name}.${format}`, paint === null ? svg : await paint(svg));
    }
  }
  files.set(GALLERY, galleryPage(groups, format));
  return files;
}
