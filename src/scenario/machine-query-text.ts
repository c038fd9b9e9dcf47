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
const NO_BREAK = '\u00a0';

/** A slabinfo of another allocator differs in most of its caches. */
const SLABS_SHOWN = 6;

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
  lines.push(...slabLines(report), '', ...differenceLines(report));
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

/** The caches that a simulated load meets: of a slabinfo the others are left out. */
function slabLines({ slabs }: MachineReport): string[] {
  const shown = slabs.filter(({ name }) => /^kmalloc-\d|^kmemleak_object$/.test(name));
  const words = shown.map(
    ({ name, order, objectsPerSlab }) => `${name}${NO_BREAK}${order}/${objectsPerSlab}`,
  );
  const lines = wrapped(`slabs, order/objects: ${words.join(', ')}`);
  return lines.map((line) => line.replaceAll(NO_BREAK, ' '));
}

function differenceLines(report: MachineReport): string[] {
  if (report.differences === undefined) return [];
  const zones = report.differences.map(
    ({ node, zone, field, computed, reported }) =>
      `  node ${node} ${zone} ${field}: computed ${shown(computed)}, reported ${shown(reported)}`,
  );
  const slabs = (report.slabDifferences ?? []).map(
    ({ cache, field, computed, reported }) =>
      `  cache ${cache} ${field}: computed ${computed}, reported ${reported}`,
  );
  const all = [...zones, ...atMost(SLABS_SHOWN, slabs)].flatMap(wrapped);
  if (all.length === 0) return ['Equal to what the dump reports.', ''];
  return ['Differences from what the dump reports:', ...all, ''];
}

function atMost(count: number, lines: readonly string[]): string[] {
  if (lines.length <= count) return [...lines];
  return [...lines.slice(0, count), `  and ${lines.length - count} more of slab caches`];
}

function shown(value: number | readonly number[]): string {
  return typeof value === 'number' ? String(value) : `(${value.join(', ')})`;
}

/** Words on lines of 80 columns; the indent of the first line is kept, others have two more. */
function wrapped(text: string): string[] {
  const indent = text.slice(0, text.length - text.trimStart().length);
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `${indent}  ${word}`;
    } else line = line === '' ? `${indent}${word}` : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}
