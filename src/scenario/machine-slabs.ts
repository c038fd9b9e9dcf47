import type { KernelProfile } from '../kernel/kernel-profile.ts';
import type { SlabCacheState } from '../model/machine-config.ts';
import { KMALLOC_NORMAL, KMALLOC_SIZES, kmallocName } from '../model/slab/kmalloc-classes.ts';
import { slabGeometry } from '../model/slab/slab-geometry.ts';

/** Geometry of one slab cache, as SLUB works it out for this kernel and number of CPUs. */
export interface MachineSlab {
  readonly name: string;
  /** Bytes from one object to the next. */
  readonly size: number;
  readonly order: number;
  readonly objectsPerSlab: number;
  /** Smallest order that holds one object: what SLUB falls back to. */
  readonly minOrder: number;
  /** As in sysfs: objects. */
  readonly cpuPartial: number;
  readonly minPartial: number;
}

/** What slabinfo says of a cache. */
export type ReportedSlab = Pick<MachineSlab, 'name' | 'size' | 'order' | 'objectsPerSlab'>;

export interface SlabDifference {
  readonly cache: string;
  readonly field: 'order' | 'objectsPerSlab';
  readonly computed: number;
  readonly reported: number;
}

/** Computed caches beside those of a slabinfo. */
export interface SlabComparison {
  readonly slabs: readonly MachineSlab[];
  readonly reported: readonly ReportedSlab[];
  readonly differences: readonly SlabDifference[];
  readonly notes: readonly string[];
}

/** No machine has more possible CPUs. */
const MAX_CPUS = 8192;

/** Caches that every machine has: kmalloc's and kmemleak's. */
export function machineSlabs(kernel: KernelProfile, cpus: number): MachineSlab[] {
  const kmalloc = KMALLOC_SIZES.map((size) => ({
    name: kmallocName(size, KMALLOC_NORMAL, kernel),
    size,
  }));
  const metadata = { name: 'kmemleak_object', size: kernel.kmemleak.objectSize };
  return [...kmalloc, metadata].map((cache) => machineSlab(cache, kernel, cpus));
}

/**
 * The caches of a slabinfo. It does not tell the possible CPUs, which the order may follow: where
 * those online give other orders, the fewest that give all are taken.
 */
export function compareSlabs(
  caches: readonly SlabCacheState[],
  kernel: KernelProfile,
  online: number,
): SlabComparison {
  const reported = caches.map(({ name, objectSize, order, objectsPerSlab }) => ({
    name,
    size: objectSize,
    order,
    objectsPerSlab,
  }));
  const computed = (cpus: number) => reported.map((cache) => machineSlab(cache, kernel, cpus));
  const fits = (cpus: number) => slabDifferences(computed(cpus), reported).length === 0;
  const possible = fits(online) ? online : powersOfTwo(MAX_CPUS).find(fits);
  const slabs = computed(possible ?? online);
  const differences = slabDifferences(slabs, reported);
  return { slabs, reported, differences, notes: slabNotes(online, possible, differences) };
}

function slabNotes(
  online: number,
  possible: number | undefined,
  differences: readonly SlabDifference[],
): string[] {
  if (differences.length > 0) {
    return ['slabinfo is of another kernel or allocator, or its caches carry debugging space.'];
  }
  if (possible === undefined || possible === online) return [];
  return [`Slab orders are those of ${possible} possible CPUs (inferred from slabinfo).`];
}

function machineSlab(
  cache: { readonly name: string; readonly size: number },
  kernel: KernelProfile,
  cpus: number,
): MachineSlab {
  const geometry = slabGeometry(cache.size, kernel, { present: cpus, possible: cpus });
  const { size, order, objectsPerSlab, minOrder, cpuPartial, minPartial } = geometry;
  return { name: cache.name, size, order, objectsPerSlab, minOrder, cpuPartial, minPartial };
}

function slabDifferences(
  slabs: readonly MachineSlab[],
  reported: readonly ReportedSlab[],
): SlabDifference[] {
  const found: SlabDifference[] = [];
  slabs.forEach((slab, index) => {
    for (const field of ['order', 'objectsPerSlab'] as const) {
      const [computed, dumped] = [slab[field], reported[index]![field]];
      if (computed !== dumped) {
        found.push({ cache: slab.name, field, computed, reported: dumped });
      }
    }
  });
  return found;
}

function powersOfTwo(most: number): number[] {
  const powers: number[] = [];
  for (let power = 1; power <= most; power *= 2) powers.push(power);
  return powers;
}
