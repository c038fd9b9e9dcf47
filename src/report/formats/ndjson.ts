import type { Format } from '../format.ts';
import { type Report, withoutPage } from '../report.ts';

/** A line `load`, then a line each `result`, `gate` and `overall`: made for jq and grep. */
const ndjson: Format = {
  name: 'ndjson',
  summary: 'one JSON object a line: the load, each variant and metric, each gate, all loads',
  extension: 'ndjson',
  render,
  renderAll: (reports) => reports.map(render).join(''),
};

export default ndjson;

function render(report: Report): string {
  const { rows, metrics, gates, ...load } = withoutPage(report);
  const lines: object[] = [{ type: 'load', ...load }];
  for (const row of rows) {
    for (const [i, result] of row.results.entries()) {
      const { unit, better } = metrics[i]!;
      const place = { type: 'result', load: report.name, tiedWith: row.tiedWith };
      lines.push({ ...place, unit, better, ...result });
    }
  }
  for (const gate of gates) lines.push({ type: 'gate', load: report.name, ...gate });
  for (const row of report.overall ?? []) lines.push({ type: 'overall', ...row });
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
