import type { SlabCacheState } from '../machine-config.ts';
import { NONE } from '../page-source.ts';
import { TaskContext } from '../sched/task-context.ts';
import type { KmemCache } from './kmem-cache.ts';
import type { SlabPages } from './slab-pages.ts';

/**
 * Gives a new, empty cache what it held when the run starts.
 *
 * The pages of these slabs are in use already and their frames unknown: a slab that has free
 * objects gets a slot without a frame, so that they are used before any new slab is made; a
 * full one is only counted. None of them ever goes back to the page allocator. A state whose
 * objects have another size is that of a kernel unlike the profile: only its pages count.
 *
 * **Models:** what /proc/slabinfo shows of mm/slub.c (4.17, 6.1, 6.12): objects that are not
 * active are on the node's partial list, the per-CPU lists count as active.
 * **Departs:** slabinfo does not say over how many slabs the free objects are spread; the fewest
 * are taken that can hold them with one object in use each. Nor does it say how far each CPU's
 * slab is used up: where nobody tells, half of it, which is right on average. New slabs follow
 * the profile's geometry, whatever the snapshot shows.
 */
export function adoptState(cache: KmemCache, state: SlabCacheState, slabPages: SlabPages): void {
  cache.slabs = state.slabs;
  cache.totalObjects = state.slabs * state.objectsPerSlab;
  cache.pages = state.slabs * (1 << state.order);
  if (state.objectSize !== cache.geometry.size) return;
  const addSlab = (): number => slabPages.add(NONE, cache.id, state.order, state.objectsPerSlab);
  const free = Math.max(0, cache.totalObjects - state.activeObjects);
  const mostFree = Math.max(1, state.objectsPerSlab - 1);
  const partial = Math.min(state.slabs, Math.ceil(free / mostFree));
  for (let nth = 0; nth < partial; nth++) cache.adoptPartial(addSlab(), share(free, partial, nth));
  const context = new TaskContext();
  for (const [cpu, onCpu] of (
    state.cpuFreeObjects ?? halfUsed(state, state.slabs - partial, cache.cpus)
  ).entries()) {
    context.cpu = cpu;
    for (let left = onCpu; left > 0; left -= state.objectsPerSlab) {
      cache.adoptForCpu(addSlab(), Math.min(left, state.objectsPerSlab), context);
    }
  }
}

/** One slab, on the CPU that booted: what a cache has that somebody took a few objects of. */
export function bootState(cache: KmemCache, bootObjects: number): SlabCacheState | undefined {
  if (bootObjects === 0) return undefined;
  const { size: objectSize, order, objectsPerSlab } = cache.geometry;
  return {
    ...{ name: cache.name, objectSize, order, objectsPerSlab, slabs: 1 },
    // slabinfo counts what lies on a CPU's lists as active.
    activeObjects: objectsPerSlab,
    cpuFreeObjects: [objectsPerSlab - bootObjects],
  };
}

/** Free objects on each CPU, where there is a slab in use for every one of them. */
function halfUsed(state: SlabCacheState, fullSlabs: number, cpus: number): number[] {
  if (fullSlabs < cpus) return [];
  return new Array<number>(cpus).fill(state.objectsPerSlab >> 1);
}

/** The nth of `parts` even shares of `whole`, the larger ones first. */
function share(whole: number, parts: number, nth: number): number {
  return Math.floor(whole / parts) + (nth < whole % parts ? 1 : 0);
}
