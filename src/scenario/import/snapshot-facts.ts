import type { ProcfsSnapshot } from './procfs-snapshot.ts';

/**
 * The first release, major × 1000 + minor, after which a profile is the nearest. What decides is
 * the flag table, without which no mask of a log means what it says: 6.1's is that of 5.1.
 */
const NEAREST = [
  { from: 6006, name: '6.12' },
  { from: 5001, name: '6.1' },
  { from: 0, name: '4.17' },
] as const;

/**
 * Which kernel profile is nearest to the kernel of a snapshot: by its release where a log says
 * it, else by the fields of zoneinfo: tuned per-CPU lists came after 6.6, boost is printed from
 * 5.18 (and by some older distribution kernels).
 */
export function likelyKernel(snapshot: ProcfsSnapshot): '4.17' | '6.1' | '6.12' {
  const release = /^(\d+)\.(\d+)/.exec(snapshot.release ?? '');
  if (release !== null) {
    const version = Number(release[1]) * 1000 + Number(release[2]);
    return NEAREST.find(({ from }) => version >= from)!.name;
  }
  const pagesets = snapshot.zones.flatMap((zone) => zone.pagesets);
  if (pagesets.some((pageset) => pageset.highMax !== undefined)) return '6.12';
  const boosted = snapshot.zones.some((zone) => zone.boost !== undefined);
  return boosted ? '6.1' : '4.17';
}

/** File pages that reclaim could drop at once: on the LRU lists, neither dirty nor mapped. */
export function cleanFilePages(snapshot: ProcfsSnapshot): number {
  let pages = 0;
  for (const zone of snapshot.zones) {
    const lru = lruCounters(zone.nodeCounters, zone.counters);
    const of = (name: string) => lru[name] ?? 0;
    const file = of('nr_inactive_file') + of('nr_active_file');
    pages += Math.max(0, file - of('nr_dirty') - of('nr_writeback') - of('nr_mapped'));
  }
  return pages;
}

/** Was the kernel built with CONFIG_BASE_SMALL? Nodes of radix trees take 200 bytes, not 584. */
export function hasSmallNodes(snapshot: ProcfsSnapshot): boolean {
  const nodes = snapshot.slabs?.find(({ name }) => name === 'radix_tree_node');
  return nodes !== undefined && nodes.objectSize < 400;
}

/** The node's numbers where a zone carries them (4.8 and later), else the zone's own. */
function lruCounters(
  node: Readonly<Record<string, number>>,
  zone: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  return 'nr_inactive_file' in node ? node : zone;
}
