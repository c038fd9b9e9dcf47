import { Kmemleak, type KmemleakEvents } from './kmemleak/kmemleak.ts';
import { StackDepot } from './kmemleak/stack-depot.ts';
import type { MachineConfig } from './machine-config.ts';
import type { MachineParts } from './machine-parts.ts';
import type { GfpClass } from './operation.ts';
import { ROLE_OTHER, TaskContext } from './sched/task-context.ts';
import { BoundCache } from './slab/bound-cache.ts';

/**
 * kmemleak with its slab cache and, where the kernel has one, its stack depot.
 * `callers`: the classes of the load's callers.
 */
export function buildKmemleak(
  { kernel, cpus, kmemleak: config, fault, costs }: MachineConfig,
  parts: MachineParts,
  callers: readonly GfpClass[],
  events: KmemleakEvents,
): Kmemleak {
  const { slab, pages, exemptions, warnings } = parts;
  const cacheOf = (name: string, objectSize: number) =>
    new BoundCache(slab, slab.createCache({ name, objectSize, noLeakTrace: true }));
  const { objectSize, scanAreaSize } = kernel.kmemleak;
  const wantsAreas = callers.some((one) => one.scanArea === true);
  const { stackDepot } = kernel.kmemleak;
  const depot =
    stackDepot === null || !config.stackDepotEnabled
      ? null
      : new StackDepot(stackDepot, pages, callers.length + 1);
  const kmemleak = new Kmemleak(
    {
      kernel,
      config,
      cpus,
      faultInjection: fault.builtIn ?? true,
      scope: exemptions.scope,
      callers: callers.map(({ gfp }) => gfp),
      cache: cacheOf('kmemleak_object', objectSize),
      areaCache: wantsAreas ? cacheOf('kmemleak_scan_area', scanAreaSize) : null,
      depot,
      warnings,
      insertNs: costs.kmemleakInsertNs,
    },
    events,
  );
  fillReserves(kmemleak, parts);
  return kmemleak;
}

/** At boot, before anybody asks for faults. */
function fillReserves(kmemleak: Kmemleak, { failslab, failPageAlloc }: MachineParts): void {
  const boot = new TaskContext();
  boot.role = ROLE_OTHER;
  for (const { attr } of [failslab, failPageAlloc]) attr.disarm();
  kmemleak.fillReserves(boot);
  for (const { attr } of [failslab, failPageAlloc]) attr.arm();
}
