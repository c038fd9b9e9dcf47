import type { Report } from '../../report/report.ts';
import { flagOf, listOf, textOf } from '../arguments.ts';
import type { Arguments, CommandOutput } from '../command.ts';
import { FIGURE_FORMATS } from '../pages/figure-folder.ts';
import { loadFormats } from './report-formats.ts';

/** Does anything that is asked for draw? Only then it is worth what a page takes. */
export function wantsPages(args: Arguments): boolean {
  const exports = listOf(args, 'export').map((text) => text.slice(0, text.indexOf('=')));
  return ['html', ...FIGURE_FORMATS].some((format) => {
    return textOf(args, 'format') === format || exports.includes(format);
  });
}

/** Reports in every format; `pages` has them with what only those who draw need. */
export async function reportOutput(
  reports: readonly Report[],
  pages: () => readonly Report[],
  args: Arguments,
): Promise<Required<Pick<CommandOutput, 'render' | 'files'>>> {
  const formats = await loadFormats();
  return {
    render: (format) => formats.get(format).renderAll(format === 'html' ? pages() : reports),
    async files(format) {
      const { figureFiles } = await import('../pages/figure-files.ts');
      return figureFiles(pages(), format, flagOf(args, 'one-plot'));
    },
  };
}
