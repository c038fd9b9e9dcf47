import { suggestion } from '../../base/suggest.ts';
import { UserError } from '../../base/user-error.ts';
import { type DumpLine, type DumpText, quoted } from './dump-text.ts';
import type { ZoneinfoZone } from './zoneinfo-zone.ts';

// What no kernel prints of its zones, each number of which may be right by itself.

/** In index order, those of Android's trees last. */
const ZONE_ORDER = ['DMA', 'DMA32', 'Normal', 'HighMem', 'Movable', 'Device'];
const VENDOR_ZONES = ['CMA', 'NoSplit', 'NoMerge'];

/** Zones that are cut out of another: its span may still count their frames. */
const CUT_OUT = ['Movable', 'Device', ...VENDOR_ZONES];

/** Refuses zones that cannot be one machine's, at the heading of the first wrong one. */
export function refuseImpossibleZones(zones: readonly ZoneinfoZone[], dump: DumpText): void {
  zones.forEach((zone, at) => {
    refuseName(zone, dump);
    refuseLists(zone, dump);
    const below = zones.slice(0, at).filter(({ node }) => node === zone.node);
    const last = below.at(-1);
    if (last === undefined) return;
    refuseOrder(zone, last, dump);
    refuseOverlap(zone, below, dump);
  });
}

/** Refuses numbers that no kernel prints of one zone, at the zone's heading. */
export function refuseImpossible(zone: ZoneinfoZone, dump: DumpText, heading: DumpLine): void {
  const managed = zone.managed ?? zone.present;
  const most = zone.managed ?? zone.spanned;
  const orders: readonly [string, number, string, number][] = [
    ['boost', zone.boost ?? 0, 'min', zone.min],
    ['min', zone.min, 'low', zone.low],
    ['low', zone.low, 'high', zone.high],
    ['managed', managed, 'present', zone.present],
    ['present', zone.present, 'spanned', zone.spanned],
    ['free', zone.free, zone.managed === undefined ? 'spanned' : 'managed', most],
  ];
  for (const [small, less, large, more] of orders) {
    if (less <= more) continue;
    throw dump.error(heading, 1, {
      found: `zone ${quoted(zone.zone)} has ${small} ${less} above ${large} ${more}`,
      expected: `${small} ≤ ${large}`,
    });
  }
}

function refuseName({ zone, line }: ZoneinfoZone, dump: DumpText): void {
  const known = [...ZONE_ORDER, ...VENDOR_ZONES];
  if (known.includes(zone)) return;
  throw new UserError(`unknown zone '${zone.slice(0, 40)}'`, {
    at: { file: dump.file, line, column: 1 },
    hint: suggestion(zone, ZONE_ORDER),
  });
}

/** Pages on per-CPU lists are the zone's; a batch is a page at least. */
function refuseLists({ zone, line, pagesets, spanned }: ZoneinfoZone, dump: DumpText): void {
  const listed = pagesets.reduce((pages, { count }) => pages + count, 0);
  if (listed > spanned) {
    throw dump.error({ text: '', number: line }, 1, {
      found: `zone ${zone} has ${listed} pages on per-CPU lists, above spanned ${spanned}`,
      expected: 'counts within the zone',
    });
  }
  const empty = pagesets.find(({ batch }) => batch === 0);
  if (empty === undefined) return;
  throw dump.error({ text: '', number: line }, 1, {
    found: `zone ${zone} has batch 0 on CPU ${empty.cpu}`,
    expected: 'a batch of 1 or more',
  });
}

function refuseOrder(zone: ZoneinfoZone, last: ZoneinfoZone, dump: DumpText): void {
  const [own, other] = [zone, last].map((each) => ZONE_ORDER.indexOf(each.zone));
  if (own! === -1 || own! > other!) return;
  throw dump.error({ text: '', number: zone.line }, 1, {
    found: `zone ${zone.zone} of node ${zone.node} stands behind ${last.zone}`,
    expected: `the kernel's order ${ZONE_ORDER.join(', ')}`,
  });
}

function refuseOverlap(zone: ZoneinfoZone, below: readonly ZoneinfoZone[], dump: DumpText): void {
  if (zone.startPfn === undefined || zone.present === 0 || CUT_OUT.includes(zone.zone)) return;
  for (const { zone: name, startPfn, spanned, present } of below) {
    if (startPfn === undefined || present === 0 || CUT_OUT.includes(name)) continue;
    const end = startPfn + spanned;
    if (zone.startPfn >= end || zone.startPfn + zone.spanned <= startPfn) continue;
    throw dump.error({ text: '', number: zone.line }, 1, {
      found: `zone ${zone.zone} starts at frame ${zone.startPfn}`,
      expected: `a frame from ${end}, where ${name} ends`,
    });
  }
}
