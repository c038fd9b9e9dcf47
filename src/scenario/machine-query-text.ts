import type { MachineReport, MachineZone } from './machine-query.ts';

/** Columns of the zone table: heading and value. */
const COLUMNS: readonly (readonly [string, (zone: MachineZone) => string])[] = [
  ['zone', (zone) => zone.name],
  ['present', (zone) => String(zone.present)],
  ['managed', (zone) => String(zone.managed)],
  ['free', (zone) => String(zone.free)],
  ['min', (zone) => String(zone.min)],
  ['low', (zone) => String(zone.low)],
  ['high', (zone) => String(zone.high)],
  ['promo', (zone) => String(zone.promo ?? '-')],
  ['boost', (zone) => String(zone.boost)],
  ['pcp', (zone) => `${zone.pcp.batch}/${zone.pcp.high}`],
];

const WIDTH = 80;

/** The report for people: at most 80 columns, pages throughout. */
export function machineReportText(report: MachineReport): string {
  const lines = [
    `Linux ${report.kernel}  min_free_kbytes ${report.minFreeKbytes}  ` +
      `watermark_scale_factor ${report.watermarkScaleFactor}`,
    '',
  ];
  for (const node of new Set(report.zones.map((zone) => zone.node))) {
    const zones = report.zones.filter((zone) => zone.node === node);
    lines.push(`Node ${node}, pages (pcp: batch/high)`, ...table(zones), '');
    lines.push('protection: pages kept from requests that may use a higher zone');
    for (const zone of zones) lines.push(`  ${zone.name}: (${zone.protection.join(', ')})`);
    lines.push('');
  }
  lines.push(...differenceLines(report));
  for (const note of report.notes) lines.push(...wrapped(`- ${note}`));
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Of huge zones the table is drawn closer, and present pages go where it still is too wide. */
function table(zones: readonly MachineZone[]): string[] {
  const shown = COLUMNS.filter(
    ([heading]) => heading !== 'promo' || zones.some((zone) => zone.promo !== undefined),
  );
  const narrow = shown.filter(([heading]) => heading !== 'present');
  const tables = [drawn(shown, zones, '  '), drawn(shown, zones, ' '), drawn(narrow, zones, ' ')];
  return tables.find(([heading]) => heading!.length <= WIDTH) ?? tables.at(-1)!;
}

function drawn(columns: typeof COLUMNS, zones: readonly MachineZone[], gap: string): string[] {
  const rows = [
    columns.map(([heading]) => heading),
    ...zones.map((zone) => columns.map(([, of]) => of(zone))),
  ];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!),
      )
      .join(gap),
  );
}

function differenceLines(report: MachineReport): string[] {
  if (report.differences === undefined) return [];
  if (report.differences.length === 0) return ['Equal to what the dump reports.', ''];
  const lines = report.differences.flatMap(({ node, zone, field, computed, reported }) =>
    wrapped(
      `  node ${node} ${zone} ${field}: computed ${shown(computed)}, reported ${shown(reported)}`,
    ),
  );
  return ['Differences from what the dump reports:', ...lines, ''];
}

function shown(value: number | readonly number[]): string {
  return typeof value === 'number' ? String(value) : `(${value.join(', ')})`;
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `  ${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}
