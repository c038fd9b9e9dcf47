import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import { freeBufferPages, hugePageMinFreeKbytes } from '../../model/mm/min-free-kbytes.ts';
import type { ProcfsSnapshot } from './procfs-snapshot.ts';
import { unboosted } from './zoneinfo-zone.ts';

/** log2 of the pages of a huge page, and so of a pageblock wherever those are configured. */
export const HUGE_PAGE_ORDER = 9;

/** Pages that came free since khugepaged started may hide a part of what it demanded. */
const CLEARLY_BELOW = 0.75;

/**
 * log2 of the pages of a pageblock: what pagetypeinfo says, else what the rest suggests. A kernel
 * without NUMA counters whose min watermarks are well below what khugepaged would raise them to
 * was built without huge pages, so that its pageblocks are of the largest order; every other one
 * is taken to have them, as nearly every distribution does.
 */
export function pageblockOrderOf(snapshot: ProcfsSnapshot, kernel: KernelProfile): number {
  if (snapshot.pagetypes !== undefined) return snapshot.pagetypes.pageblockOrder;
  if (snapshot.zones.some((zone) => 'numa_hit' in zone.counters)) return HUGE_PAGE_ORDER;
  const zones = snapshot.zones.filter((zone) => zone.present > 0);
  const marks = zones.map(unboosted);
  const pages = zones.map((zone) => ({ name: zone.zone, managed: zone.managed ?? zone.present }));
  const highMarks = marks.map((mark) => mark.high);
  const raised = hugePageMinFreeKbytes({
    zones: zones.filter((zone) => zone.zone !== 'Movable').length,
    lowmemPages: freeBufferPages(pages, highMarks),
    pageblockOrder: HUGE_PAGE_ORDER,
  });
  const minKbytes = 4 * marks.reduce((sum, mark) => sum + mark.min, 0);
  return minKbytes < CLEARLY_BELOW * raised ? kernel.maxOrder : HUGE_PAGE_ORDER;
}
