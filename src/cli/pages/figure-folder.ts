import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { GALLERY_MARK } from '../../report/gallery.ts';
import type { OptionTable } from '../command.ts';
import { locateWrite, readText } from '../files/node-files.ts';

/** Formats that fill a folder: a file a plot, and a page that shows them all. */
export const FIGURE_FORMATS = ['svg', 'png'] as const;

export const PLOT_OPTIONS: OptionTable = {
  'one-plot': {
    type: 'boolean',
    describe: 'With --export svg=DIR or png=DIR: of each load the plot that answers it, alone',
  },
};

/** What a repository's browser shows of a folder by itself. */
export const GALLERY = 'README.md';

/** Is this a folder that plots may go to? A page somebody wrote is not written over. */
export function checkFigureFolder(format: string, folder: string): void {
  if (folder === '-') {
    throw new UserError(`--export ${format}=- names no folder`, {
      expected: `--export ${format}=FOLDER: a file for each plot`,
    });
  }
  const path = join(folder, GALLERY);
  const there = readText(path);
  if (there === undefined || there.startsWith(GALLERY_MARK)) return;
  throw new UserError('it was not made by gfpsim, and would be written over', {
    at: { file: path },
    expected: 'a folder of its own for the plots',
  });
}

/** A line of a page of ours that shows a plot, which stands beside the page. */
const SHOWN = /^!\[[^\]]*\]\(([A-Za-z0-9_][A-Za-z0-9._-]*\.(?:svg|png))\)$/gm;

/**
 * Removes the plots that a former page shows and the next will not: they are of other runs. What is
 * no file of its own there, such as a link, is not ours.
 */
export function removeFormerPlots(folder: string, next: ReadonlySet<string>): void {
  const page = readText(join(folder, GALLERY));
  if (page?.startsWith(GALLERY_MARK) !== true) return;
  for (const [, name = ''] of page.matchAll(SHOWN)) {
    const path = join(folder, name);
    if (next.has(name) || lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) continue;
    locateWrite(path, () => rmSync(path, { force: true }));
  }
}
