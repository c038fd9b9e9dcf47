import type { Named } from '../base/catalog.ts';
import type { Report } from './report.ts';

/** One way to write a report down: one file in `formats/`, found by its name. */
export interface Format extends Named {
  /** Of files in this format, without the dot. */
  readonly extension: string;
  /** Pure: the same report gives the same bytes. Ends with a newline. */
  render(report: Report): string;
  /** Several loads as one well-formed document. */
  renderAll(reports: readonly Report[]): string;
}

/** For formats in which one document after another is a document. */
export function oneAfterAnother(render: Format['render']): Format['renderAll'] {
  return (reports) => reports.map(render).join('\n');
}
