import { figureGroups } from '../report/figure-set.ts';
import { galleryPage } from '../report/gallery.ts';
import { standalone } from '../report/plot/svg.ts';
import type { Report } from '../report/report.ts';
import { GALLERY } from './figure-folder.ts';

/** The files of a folder by their names. */
export type FolderFiles = ReadonlyMap<string, string | Uint8Array>;

/** Every plot of these reports in one of the formats above. */
export async function figureFiles(
  reports: readonly Report[],
  format: string,
): Promise<FolderFiles> {
  const groups = figureGroups(reports);
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
