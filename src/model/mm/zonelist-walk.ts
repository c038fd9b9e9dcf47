import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import type { DecisionLog } from '../decision-log.ts';
import { MIGRATE_HIGHATOMIC, ZONE_NORMAL } from '../machine-config.ts';
import { NONE } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';
import { FALLBACK_STEAL, HIGHATOMIC_RESERVE, PGALLOC, type VmStat } from '../vmstat.ts';
import type { Buddy } from './buddy.ts';
import type { Fallback } from './fallback.ts';
import { gfpZoneIndex, migratetypeOf } from './gfp.ts';
import type { Highatomic } from './highatomic.ts';
import { type PerCpuPages, pcpIndex } from './pcp.ts';
import type { WatermarkCheck, WatermarkRequest, WatermarkVerdict } from './watermark-check.ts';
import type { Zone } from './zone.ts';

/** The parts of a machine's memory, built bottom up. */
export interface MemoryParts {
  readonly kernel: KernelProfile;
  /** Ascending by index, populated ones only. */
  readonly zones: readonly Zone[];
  readonly buddy: Buddy;
  readonly fallback: Fallback;
  readonly highatomic: Highatomic;
  readonly pcp: PerCpuPages;
  readonly check: WatermarkCheck;
  readonly vmstat: VmStat;
}

/** Background reclaim, as the allocator sees it: something to wake. */
export interface KswapdWaker {
  wake(order: number, zoneIndex: number): void;
}

const WMARK_MASK = 3;
const WMARK_HIGH = 2;

/**
 * One walk over the zones that a request may use, and the taking of pages.
 *
 * Models: mm/page_alloc.c get_page_from_freelist, rmqueue, rmqueue_buddy, gfp_zone,
 * alloc_flags_nofragment (4.17, 6.1.192, 6.12.117). Departs: one node; no cpusets; no
 * dirty-page spreading; node_reclaim_mode is 0.
 */
export class ZonelistWalk {
  log: DecisionLog | null = null;
  /** The last block was taken without regard to watermarks. */
  lastFromReserves = false;
  readonly #parts: MemoryParts;
  readonly #kswapd: KswapdWaker;
  readonly #request: WatermarkRequest = {
    mark: 0,
    allocFlags: 0,
    reserveIndex: 0,
    boostExempt: false,
  };
  /** Zones from the highest allowed one down, by the four zone bits of a gfp. */
  readonly #zonelists: readonly (readonly Zone[])[];
  readonly #reserveIndex = new Int32Array(16);
  readonly #highatomicFirst: number;
  readonly #lastResort: number;
  readonly #exemptGfp: Gfp;
  readonly #exemptFlags: number;
  readonly #probesHigh: boolean;
  readonly #pcpOnly: boolean;

  constructor(parts: MemoryParts, kswapd: KswapdWaker) {
    const { alloc, gfp, rules } = parts.kernel;
    this.#parts = parts;
    this.#kswapd = kswapd;
    this.#zonelists = Array.from({ length: 16 }, (_, bits) => zonelist(parts, bits));
    this.#zonelists.forEach((zones, bits) => {
      const asked = Math.max(0, gfpZoneIndex(bits, parts.kernel));
      const byZone = rules.reserveIndex === 'preferred-zone' ? zones[0]?.index : asked;
      this.#reserveIndex[bits] = byZone ?? 0;
    });
    this.#highatomicFirst = rules.highatomicLastResort ? alloc.HIGHATOMIC : alloc.HARDER;
    this.#lastResort = rules.highatomicLastResort ? alloc.OOM | alloc.HARDER : 0;
    this.#exemptGfp = rules.boostExemption === 'atomic-bit' ? gfp.bits.ATOMIC : 0;
    this.#exemptFlags = rules.boostExemption === 'min-reserve' ? alloc.HIGH : 0;
    this.#probesHigh = rules.pcpHigh === 'auto-tuned';
    this.#pcpOnly = !rules.highatomicLastResort;
  }

  zonesFor(gfp: Gfp): readonly Zone[] {
    return this.#zonelists[gfp & 15]!;
  }

  /** The highest zone of the request is NORMAL, so that the first walk avoids mixing types. */
  avoidsFragmentation(gfp: Gfp): boolean {
    return this.#zonelists[gfp & 15]![0]?.index === ZONE_NORMAL;
  }

  /** The request as the watermark check sees it; valid until the next call. */
  requestFor(gfp: Gfp, allocFlags: number): WatermarkRequest {
    const request = this.#request;
    request.mark = allocFlags & WMARK_MASK;
    request.allocFlags = allocFlags;
    request.reserveIndex = this.#reserveIndex[gfp & 15]!;
    request.boostExempt = (gfp & this.#exemptGfp) !== 0 || (allocFlags & this.#exemptFlags) !== 0;
    return request;
  }

  /** wake_all_kswapds(), for a mask that wants it. */
  wakeKswapd(order: number, gfp: Gfp): void {
    const { kernel } = this.#parts;
    if ((gfp & kernel.gfp.bits.KSWAPD_RECLAIM) === 0) return;
    this.#kswapd.wake(order, Math.max(0, gfpZoneIndex(gfp, kernel)));
  }

  /** A block of `order` from the first zone that may and can give one; its pfn or NONE. */
  walk(order: number, gfp: Gfp, allocFlags: number, context: TaskContext): number {
    const { alloc } = this.#parts.kernel;
    const pfn = this.#pass(order, gfp, allocFlags, context);
    if (pfn !== NONE || (allocFlags & alloc.NOFRAGMENT) === 0) return pfn;
    this.log?.step('nofragment', 'no zone without mixing pageblocks: walk again, mixing allowed');
    return this.#pass(order, gfp, allocFlags & ~alloc.NOFRAGMENT, context);
  }

  #pass(order: number, gfp: Gfp, allocFlags: number, context: TaskContext): number {
    const { check, kernel } = this.#parts;
    const zones = this.#zonelists[gfp & 15]!;
    const unlimited = (allocFlags & kernel.alloc.NO_WATERMARKS) !== 0;
    for (let i = 0; i < zones.length; i++) {
      const zone = zones[i]!;
      const request = this.requestFor(gfp, allocFlags);
      const isHigh = this.#probesHigh && this.#aboveHigh(zone, order, request);
      const allowed = isHigh || check.allows(zone, order, request);
      if (this.log !== null) {
        const verdict = unlimited ? withoutMark(zone, order) : check.explain(zone, order, request);
        this.log.check(zone, verdict);
      }
      if (!allowed && !unlimited) continue;
      const highatomic = zone.freeHighatomic;
      const pfn = this.#take(zone, order, migratetypeOf(gfp), allocFlags, context.cpu);
      if (pfn === NONE) {
        this.log?.missed(zone, nothingToTake(zone));
        continue;
      }
      if (this.log !== null) {
        const reserved = zone.freeHighatomic < highatomic ? ' of its high-atomic pages' : '';
        this.log.took(zone, `pfn ${pfn}${reserved}`);
      }
      this.lastFromReserves = unlimited;
      this.#afterTake(zone, order, pfn, allocFlags);
      return pfn;
    }
    return NONE;
  }

  /** 6.12: above its high mark the zone needs no further test; otherwise that is remembered. */
  #aboveHigh(zone: Zone, order: number, request: WatermarkRequest): boolean {
    if (zone.belowHigh) return false;
    const asked = request.mark;
    request.mark = WMARK_HIGH;
    const above = this.#parts.check.allows(zone, order, request);
    request.mark = asked;
    if (!above) zone.belowHigh = true;
    return above;
  }

  /** rmqueue(): per-CPU lists first; the buddy where those have none and the kernel goes on. */
  #take(zone: Zone, order: number, type: number, allocFlags: number, cpu: number): number {
    const { pcp } = this.#parts;
    if (order <= pcp.maxOrder) {
      const pfn = pcp.take(cpu, zone, pcpIndex(order, type), allocFlags);
      if (pfn !== NONE || this.#pcpOnly) return pfn;
    }
    const pfn = this.#takeFromBuddy(zone, order, type, allocFlags);
    zone.account(cpu);
    return pfn;
  }

  /** rmqueue_buddy() */
  #takeFromBuddy(zone: Zone, order: number, type: number, allocFlags: number): number {
    const { buddy, fallback } = this.#parts;
    if (order > 0 && (allocFlags & this.#highatomicFirst) !== 0) {
      const pfn = buddy.takeSmallest(zone, order, MIGRATE_HIGHATOMIC);
      if (pfn !== NONE) return pfn;
    }
    const pfn = fallback.take(zone, order, type, allocFlags);
    if (pfn !== NONE || (allocFlags & this.#lastResort) === 0) return pfn;
    return buddy.takeSmallest(zone, order, MIGRATE_HIGHATOMIC);
  }

  #afterTake(zone: Zone, order: number, pfn: number, allocFlags: number): void {
    const { fallback, highatomic, vmstat } = this.#parts;
    vmstat.add(PGALLOC + zone.index, 1 << order);
    if (order > 0 && (allocFlags & this.#highatomicFirst) !== 0) {
      const before = zone.reservedHighatomic;
      highatomic.reserve(zone, pfn);
      if (zone.reservedHighatomic !== before) vmstat.add(HIGHATOMIC_RESERVE, 1);
    }
    if (zone.boosted) {
      zone.boosted = false;
      this.#kswapd.wake(0, zone.index);
    }
    if (fallback.steals > 0) {
      vmstat.add(FALLBACK_STEAL, fallback.steals);
      fallback.steals = 0;
    }
  }
}

/** The watermark let the request pass, yet it comes away with nothing. */
function nothingToTake(zone: Zone): string {
  const text = 'the lists that it may use hold no such block';
  const { freeHighatomic } = zone;
  return freeHighatomic === 0 ? text : `${text}; ${freeHighatomic} free pages are high-atomic`;
}

/** What a walk shows that heeds no watermark: the page itself is all that it needs. */
function withoutMark(zone: Zone, order: number): WatermarkVerdict {
  const needed = 1 << order;
  const passed = zone.freeSeen >= needed;
  return { passed, free: zone.freeSeen, mark: 0, reserve: 0, needed, note: 'no watermark counts' };
}

/** Populated zones from the one that these zone bits allow, downwards; none for invalid bits. */
function zonelist(parts: MemoryParts, bits: number): readonly Zone[] {
  const highest = gfpZoneIndex(bits, parts.kernel);
  return parts.zones.filter((zone) => zone.index <= highest).reverse();
}
