import { Kmemleak, type KmemleakEvents } from './kmemleak/kmemleak.ts';
import { StackDepot } from './kmemleak/stack-depot.ts';
import type { MachineConfig } from './machine-config.ts';
import type { MachineParts } from './machine-parts.ts';
import { BoundCache } from './slab/bound-cache.ts';

/**
 * kmemleak with its slab cache and, where the kernel has one, its stack depot.
 * `callers`: the gfp of each class of the load's callers.
 */
export function buildKmemleak(
  { kernel, kmemleak: config, fault, costs }: MachineConfig,
  { slab, pages, exemptions }: MachineParts,
  callers: readonly number[],
  events: KmemleakEvents,
): Kmemleak {
  const cache = slab.createCache({
    name: 'kmemleak_object',
    objectSize: kernel.kmemleak.objectSize,
    noLeakTrace: true,
  });
  const { stackDepot } = kernel.kmemleak;
  const depot =
    stackDepot === null || !config.stackDepotEnabled
      ? null
      : new StackDepot(stackDepot, pages, callers.length + 1);
  return new Kmemleak(
    {
      kernel,
      config,
      faultInjection: fault.builtIn ?? true,
      exemptions,
      callers,
      cache: new BoundCache(slab, cache),
      depot,
      insertNs: costs.kmemleakInsertNs,
    },
    events,
  );
}
