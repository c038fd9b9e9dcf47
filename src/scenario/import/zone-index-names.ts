import type { ZoneinfoZone } from './zoneinfo-zone.ts';

/** All zone names of the kernel in index order, as far as x86, ARM, PowerPC and s390 have them. */
const KERNEL_ORDER = ['DMA', 'DMA32', 'Normal', 'HighMem', 'Movable', 'Device'];

/** Zones that a dump may leave out because they are empty, the likeliest first. */
const LEFT_OUT = ['Movable', 'Normal', 'Device', 'DMA32', 'DMA', 'HighMem'];

/**
 * Which zone each column of `protection` stands for: the zones that are printed and, where
 * empty ones are left out, those that complete the number of columns. Which ones is told by
 * the rows: what is kept of a zone begins in the column of the next zone with pages.
 */
export function zoneIndexNames(zones: readonly ZoneinfoZone[]): string[] {
  const columns = Math.max(...zones.map((zone) => zone.protection.length));
  const printed = [...new Set(zones.map((zone) => zone.zone))];
  const absent = LEFT_OUT.filter((name) => !printed.includes(name));
  let first: string[] | undefined;
  for (const added of choices(absent, Math.max(0, columns - printed.length))) {
    const names = inKernelOrder([...printed, ...added]);
    first ??= names;
    if (zones.every((zone) => beginsAtNext(zone, zones, names))) return names;
  }
  return first ?? inKernelOrder(printed);
}

function inKernelOrder(names: readonly string[]): string[] {
  const known = KERNEL_ORDER.filter((name) => names.includes(name));
  return [...known, ...names.filter((name) => !known.includes(name))];
}

function beginsAtNext(
  zone: ZoneinfoZone,
  zones: readonly ZoneinfoZone[],
  names: readonly string[],
): boolean {
  const begins = zone.protection.findIndex((pages) => pages > 0);
  const own = names.indexOf(zone.zone);
  const above = zones
    .filter(({ node, present }) => node === zone.node && present > 0)
    .map((other) => names.indexOf(other.zone))
    .filter((column) => column > own);
  return begins === -1 || above.length === 0 || begins === Math.min(...above);
}

/** All ways to take so many names, those that stand first coming first. */
function* choices(names: readonly string[], count: number): Generator<string[]> {
  if (count === 0) yield [];
  if (count < 1) return;
  for (let first = 0; first < names.length; first++) {
    for (const rest of choices(names.slice(first + 1), count - 1)) yield [names[first]!, ...rest];
  }
}
