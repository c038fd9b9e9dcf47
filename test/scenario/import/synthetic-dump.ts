// Dumps in the kernel's own format, made of numbers: machines that were measured as a table, and
// machines that nobody measured.

export interface DumpZone {
  readonly node?: number;
  readonly name: string;
  readonly spanned?: number;
  readonly present?: number;
  readonly managed: number;
  readonly free?: number;
  readonly boost?: number;
  /** As the kernel prints them: with the boost. */
  readonly min: number;
  readonly low: number;
  readonly high: number;
  readonly protection: readonly number[];
  readonly pcp: { readonly high: number; readonly batch: number; readonly bounds?: string };
}

/** /proc/zoneinfo of these zones. */
export function zoneinfoText(zones: readonly DumpZone[], cpus = 1): string {
  let start = 1;
  return zones
    .map((zone) => {
      const text = zoneText(zone, cpus, start);
      start += zone.spanned ?? zone.present ?? zone.managed;
      return text;
    })
    .join('');
}

function zoneText(zone: DumpZone, cpus: number, start: number): string {
  const present = zone.present ?? zone.managed;
  const { high, batch, bounds } = zone.pcp;
  const pagesets = Array.from({ length: cpus }, (_, cpu) => [
    `    cpu: ${cpu}`,
    '              count: 0',
    `              high:  ${high}`,
    `              batch: ${batch}`,
    ...(bounds === undefined ? [] : [bounds]),
  ]).flat();
  return [
    `Node ${zone.node ?? 0}, zone ${zone.name.padStart(8)}`,
    `  pages free     ${zone.free ?? 0}`,
    ...(zone.boost === undefined ? [] : [`        boost    ${zone.boost}`]),
    `        min      ${zone.min}`,
    `        low      ${zone.low}`,
    `        high     ${zone.high}`,
    `        spanned  ${zone.spanned ?? present}`,
    `        present  ${present}`,
    `        managed  ${zone.managed}`,
    `        protection: (${zone.protection.join(', ')})`,
    '  pagesets',
    ...pagesets,
    '  node_unreclaimable:  0',
    `  start_pfn:           ${start}`,
    '',
  ].join('\n');
}
