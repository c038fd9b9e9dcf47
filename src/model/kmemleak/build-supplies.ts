import { UserError } from '../../base/user-error.ts';
import { EarlyBoot } from './early-boot.ts';
import type { KmemleakParts } from './kmemleak-parts.ts';
import { MaskTable } from './mask-table.ts';
import { composite } from './masks.ts';
import { type MetadataCache, ObjectSupply } from './object-supply.ts';
import { MetadataPool } from './pool.ts';
import { type ReserveSpec, reserveEntries } from './reserve-spec.ts';
import { newFlagOf } from './variant.ts';

/** What kmemleak's objects and scan areas come from. */
export interface Supplies {
  readonly masks: MaskTable;
  readonly objects: ObjectSupply;
  /** null: nobody asks for scan areas. */
  readonly areas: ObjectSupply | null;
  /** null: nobody says what happened before the slab cache was there. */
  readonly early: EarlyBoot | null;
}

export function buildSupplies(parts: KmemleakParts): Supplies {
  const { kernel, cpus, config, faultInjection, callers, cache, areaCache } = parts;
  const { variant } = config;
  if (variant.onFailure === 'wait' && variant.reserve === undefined) {
    throw new UserError(`variant '${variant.name}' waits, but has no reserve`, {
      expected: 'a reserve whose objects come back',
    });
  }
  const newFlag = newFlagOf(variant, kernel, config.newFlag);
  const preemptCount = config.preemptCount ?? true;
  const masks = new MaskTable({ kernel, variant, newFlag, faultInjection, preemptCount }, callers);
  const early = earlyBoot(parts);
  const free = early !== null && isArray(variant.reserve) ? early.free : config.poolFree;
  const shared = {
    masks,
    refillFlags: variant.refillFlags?.(kernel) ?? composite('GFP_KERNEL', kernel),
    sleepingBit: kernel.gfp.bits.DIRECT_RECLAIM,
    waitingBit: variant.onFailure === 'wait' ? kernel.gfp.bits.DIRECT_RECLAIM : 0,
  };
  const supplyOf = (
    spec: ReserveSpec | undefined,
    from: MetadataCache,
    held: { readonly size: number; readonly objects: number },
  ) => {
    if (spec === undefined) return new ObjectSupply({ ...shared, cache: from, pool: null });
    const entries = reserveEntries(spec, { kernel, cpus, ...held });
    const pool = new MetadataPool(spec, { entries, free });
    return new ObjectSupply({ ...shared, cache: from, pool, spec });
  };
  const { objectSize: size, scanAreaSize } = kernel.kmemleak;
  const objects = supplyOf(variant.reserve, cache, { size, objects: 0 });
  const kept = { size: scanAreaSize, objects: objects.reserveEntries };
  const areas = areaCache === null ? null : supplyOf(variant.areaReserve, areaCache, kept);
  return { masks, objects, areas, early };
}

/** Plays what happened before the slab cache was there. */
function earlyBoot({ kernel, config, cpus }: KmemleakParts): EarlyBoot | null {
  if (config.early === undefined) return null;
  const { reserve } = config.variant;
  const entries = isArray(reserve)
    ? reserveEntries(reserve!, { kernel, cpus, size: kernel.kmemleak.objectSize, objects: 0 })
    : null;
  const boot = new EarlyBoot(entries, config.early.logEntries);
  for (let done = 0; done < config.early.operations; done++) boot.record();
  return boot;
}

/** A static array is there before the slab allocator; a store in the early log's place is not. */
function isArray(spec: ReserveSpec | undefined): boolean {
  if (spec === undefined || spec.filledBy !== undefined) return false;
  return typeof spec.entries !== 'object' || 'perCpu' in spec.entries;
}
