import { assert } from '../../base/assert.ts';
import type { KernelProfile, KernelRules } from '../../kernel/kernel-profile.ts';

const PAGE_SIZE = 4096;
/** slub_max_order: PAGE_ALLOC_COSTLY_ORDER. Only an object that does not fit goes above. */
const PREFERRED_ORDER_MAX = 3;
/** A slab order is good when at most 1/16 of it is waste; then 1/8, and so on. */
const FIRST_FRACTION = 16;
/** Bounds of min_partial: the node keeps at least five and at most ten slabs from discarding. */
const MIN_PARTIAL_LEAST = 5;
const MIN_PARTIAL_MOST = 10;

/** present: CPUs that are there; possible: nr_cpu_ids, those that could ever come. */
export interface CpuCounts {
  readonly present: number;
  readonly possible: number;
}

/** What SLUB works out once for a cache. Orders are log2 of pages. */
export interface SlabGeometry {
  /** Bytes from one object to the next: the object size rounded up to a pointer. */
  readonly size: number;
  readonly order: number;
  readonly objectsPerSlab: number;
  readonly minOrder: number;
  readonly minOrderObjects: number;
  /** sysfs cpu_partial: objects, in every profile. */
  readonly cpuPartial: number;
  /** What the running kernel compares with: objects (4.17), or slabs (6.x). */
  readonly cpuPartialLimit: number;
  readonly minPartial: number;
}

/**
 * The geometry that this kernel gives a cache of `objectSize` bytes.
 *
 * **Models:** calculate_order, set_cpu_partial and set_min_partial of mm/slub.c (4.17, 6.1, 6.12).
 * **Departs:** alignment is always that of a pointer, no debugging space: neither kmalloc nor
 * kmemleak asks for more. slub_min_order, slub_max_order and slub_min_objects are not set.
 */
export function slabGeometry(
  objectSize: number,
  kernel: KernelProfile,
  cpus: CpuCounts,
): SlabGeometry {
  assert(Number.isInteger(objectSize) && objectSize > 0, 'an object has a size');
  const size = (objectSize + 7) & ~7;
  const minOrder = orderOfBytes(size);
  const order = slabOrder(size, kernel.rules, minObjects(kernel.rules, cpus));
  const objectsPerSlab = objectsIn(order, size);
  const cpuPartial = cpuPartialObjects(size, kernel.rules);
  return {
    size,
    order,
    objectsPerSlab,
    minOrder,
    minOrderObjects: objectsIn(minOrder, size),
    cpuPartial,
    cpuPartialLimit: cpuPartialLimit(cpuPartial, objectsPerSlab, kernel.rules),
    minPartial: minPartial(size),
  };
}

/** get_order: the smallest order whose block holds this many bytes. */
export function orderOfBytes(bytes: number): number {
  const pages = Math.floor((bytes + PAGE_SIZE - 1) / PAGE_SIZE);
  return pages <= 1 ? 0 : 32 - Math.clz32(pages - 1);
}

/** Objects that spare the node's lists on so many CPUs: 8 for one CPU, 12 for two or three. */
function minObjects(rules: KernelRules, cpus: CpuCounts): number {
  // Some machines tell their present CPUs late: one alone is not believed.
  const counted = rules.slubCountsPossibleCpus || cpus.present <= 1 ? cpus.possible : cpus.present;
  return 4 * (bitLength(counted) + 1);
}

function slabOrder(size: number, rules: KernelRules, wanted: number): number {
  const most = Math.max(1, objectsIn(PREFERRED_ORDER_MAX, size));
  const order =
    rules.slubOrderSearch === 'min-objects'
      ? orderByFewerObjects(size, Math.min(wanted, most))
      : orderByMoreWaste(size, orderOfBytes(Math.min(wanted, most) * size), 2);
  return order >= 0 ? order : orderOfBytes(size);
}

/** 4.17 and 6.1: rather fewer objects than more than a quarter of waste. */
function orderByFewerObjects(size: number, wanted: number): number {
  for (let objects = wanted; objects > 1; objects--) {
    const order = orderByMoreWaste(size, orderOfBytes(objects * size), 4);
    if (order >= 0) return order;
  }
  return -1;
}

/** The first order whose waste is small, taking 1/16 first and 1/lastFraction at last; or −1. */
function orderByMoreWaste(size: number, startOrder: number, lastFraction: number): number {
  for (let fraction = FIRST_FRACTION; fraction >= lastFraction; fraction /= 2) {
    for (let order = startOrder; order <= PREFERRED_ORDER_MAX; order++) {
      const bytes = PAGE_SIZE << order;
      if (bytes % size <= Math.floor(bytes / fraction)) return order;
    }
  }
  return -1;
}

function cpuPartialObjects(size: number, rules: KernelRules): number {
  const few = rules.slubCpuPartial === 'objects';
  if (size >= PAGE_SIZE) return few ? 2 : 6;
  if (size >= 1024) return few ? 6 : 24;
  if (size >= 256) return few ? 13 : 52;
  return few ? 30 : 120;
}

/** Counting slabs, the kernel takes them to be half full. */
function cpuPartialLimit(objects: number, objectsPerSlab: number, rules: KernelRules): number {
  if (rules.slubCpuPartial === 'objects') return objects;
  return Math.ceil((2 * objects) / objectsPerSlab);
}

function minPartial(size: number): number {
  const half = (bitLength(size) - 1) >> 1;
  return Math.min(MIN_PARTIAL_MOST, Math.max(MIN_PARTIAL_LEAST, half));
}

function objectsIn(order: number, size: number): number {
  return Math.floor((PAGE_SIZE << order) / size);
}

/** fls: 1 for 1, 2 for 2 and 3, 0 for 0. */
function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}
