import type { Format } from '../format.ts';
import { REPORT_SCHEMA_VERSION, withoutPage } from '../report.ts';

const json: Format = {
  name: 'json',
  summary: 'everything, as one JSON document with schemaVersion',
  extension: 'json',
  render: (report) => write(withoutPage(report)),
  renderAll: (reports) =>
    write({
      schemaVersion: REPORT_SCHEMA_VERSION,
      loads: reports.map(withoutPage),
      overall: reports.at(-1)?.overall ?? [],
    }),
};

export default json;

function write(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
