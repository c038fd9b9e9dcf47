import type { FigureGroup } from './figure-set.ts';

/** By it a page of ours is known again, and only such a one is written over. */
export const GALLERY_MARK = '<!-- made by gfpsim: every plot of a report -->';

/** A page that shows all of them, for those who look at a repository in a browser. */
export function galleryPage(groups: readonly FigureGroup[], ending: string): string {
  const lines = groups.flatMap(({ heading, says, figures }) => [
    `## ${heading}`,
    '',
    ...says.flatMap((sentence) => [plain(sentence), '']),
    ...figures.flatMap(({ name, figure }) => [
      `### ${heading}: ${figure.heading}`,
      '',
      plain(figure.reads),
      '',
      `![${figure.heading.replace(/[[\]]/g, '')}](${name}.${ending})`,
      '',
    ]),
  ]);
  return [GALLERY_MARK, '', '# Plots', '', ...lines].join('\n');
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\|*<`]/g, '\\$&');
}
