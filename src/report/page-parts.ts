import type { Absent, Figure, FigureTable } from './figures.ts';
import { isAbsent } from './figures.ts';
import { escapeText } from './plot/svg.ts';

// The pieces of a page as markup, a line each.

export function paragraph(text: string, style?: string): string {
  const attribute = style === undefined ? '' : ` class="${style}"`;
  return `<p${attribute}>${escapeText(text)}</p>`;
}

export function heading(level: number, text: string): string {
  return `<h${level}>${escapeText(text)}</h${level}>`;
}

/** Verdicts have a colour, and a mark in their text. */
export function cell(text: string, style?: string): string {
  const attribute = style === 'better' || style === 'worse' ? ` class="${style}"` : '';
  return `<td${attribute}>${escapeText(text)}</td>`;
}

/** Wider than the page it moves in a box of its own, which the keyboard reaches. */
export function table(
  name: string,
  heads: readonly string[],
  body: readonly (readonly string[])[],
  style?: string,
): string[] {
  const head = heads.map((text) => `<th scope="col">${escapeText(text)}</th>`).join('');
  return [
    ...scrolled(name),
    style === undefined ? '<table>' : `<table class="${style}">`,
    `<thead><tr>${head}</tr></thead>`,
    '<tbody>',
    ...body.map((cells) => `<tr>${cells.join('')}</tr>`),
    '</tbody>',
    '</table></div>',
  ];
}

export function plainTable(name: string, { heading: heads, rows }: FigureTable): string[] {
  const body = rows.map((row) => row.map((text) => cell(text, text)));
  return table(name, heads, body);
}

/** A plot with how to read it, and its numbers; or the sentence that stands for it. */
export function figure(level: number, one: Figure | Absent): string[] {
  const head = heading(level, one.heading);
  if (isAbsent(one)) return [head, paragraph(one.because)];
  return [
    '<figure>',
    head,
    `<figcaption>${escapeText(one.reads)}</figcaption>`,
    ...scrolled(`${one.heading}: plot`),
    one.svg,
    '</div>',
    '</figure>',
  ];
}

/** Numbers behind a plot, for those who want them. */
export function numbers(one: Figure | Absent): string[] {
  if (isAbsent(one)) return [];
  const name = `${one.heading}: numbers`;
  return folded('Its numbers', plainTable(name, one.table));
}

/** Shown on demand, and on paper only where it was opened. */
export function folded(summary: string, lines: readonly string[]): string[] {
  return [`<details><summary>${escapeText(summary)}</summary>`, ...lines, '</details>'];
}

function scrolled(name: string): string[] {
  return [`<div class="wide" role="region" tabindex="0" aria-label="${escapeText(name)}">`];
}
