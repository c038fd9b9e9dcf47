import type { Format } from '../format.ts';
import type { Report } from '../report.ts';
import markdown from './markdown.ts';

/** GitHub refuses a step's summary above 1 MiB as a whole; a note needs room, too. */
const BYTES_MAX = 1024 * 1024;
const NOTE_ROOM = 200;

/** Markdown that GitHub takes as a job summary: as many loads as fit. */
const jobSummary: Format = {
  name: 'job-summary',
  summary: 'markdown for a GitHub job summary, at most 1 MiB',
  extension: 'md',
  render: (report) => write([report]),
  renderAll: write,
};

export default jobSummary;

function write(reports: readonly Report[]): string {
  const pages: string[] = [];
  let room = BYTES_MAX - NOTE_ROOM;
  for (const report of reports) {
    const page = markdown.render(report);
    const bytes = new TextEncoder().encode(page).length + 1;
    if (bytes > room) break;
    room -= bytes;
    pages.push(page);
  }
  const left = reports.length - pages.length;
  if (left > 0) pages.push(`${left} of ${reports.length} loads are left out: no room for them.\n`);
  return pages.join('\n');
}
