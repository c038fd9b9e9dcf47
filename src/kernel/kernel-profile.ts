import type { Named } from '../base/catalog.ts';

/** A gfp mask: an unsigned 32-bit value whose bits mean what the profile's table says. */
export type Gfp = number;

/** One named bit (or composite) in the order in which the kernel's printk table tests it. */
export interface NamedMask {
  readonly name: string;
  readonly value: Gfp;
}

/** A gfp bit that no kernel has, and the two places that drop what they do not know. */
export interface NewGfpFlag {
  readonly name: string;
  readonly value: Gfp;
  /** __GFP_BITS_SHIFT was raised, so that gfp_allowed_mask lets the bit through. */
  readonly bitsShiftRaised: boolean;
  /** SLUB's new_slab lets the bit through to the page allocator. */
  readonly inReclaimMask: boolean;
}

/** The bits by name. A bit that a kernel does not have is 0, so that a test for it is false. */
export interface GfpBits {
  readonly DMA: Gfp;
  readonly HIGHMEM: Gfp;
  readonly DMA32: Gfp;
  readonly MOVABLE: Gfp;
  readonly RECLAIMABLE: Gfp;
  readonly HIGH: Gfp;
  readonly IO: Gfp;
  readonly FS: Gfp;
  readonly ZERO: Gfp;
  readonly ATOMIC: Gfp;
  readonly DIRECT_RECLAIM: Gfp;
  readonly KSWAPD_RECLAIM: Gfp;
  readonly WRITE: Gfp;
  readonly NOWARN: Gfp;
  readonly RETRY_MAYFAIL: Gfp;
  readonly NOFAIL: Gfp;
  readonly NORETRY: Gfp;
  readonly MEMALLOC: Gfp;
  readonly COMP: Gfp;
  readonly NOMEMALLOC: Gfp;
  readonly HARDWALL: Gfp;
  readonly THISNODE: Gfp;
  readonly ACCOUNT: Gfp;
  readonly ZEROTAGS: Gfp;
  /** Only with LOCKDEP, see with-lockdep.ts; 0 without. `lockdepBit` gives its place. */
  readonly NOLOCKDEP: Gfp;
}

export interface GfpTable {
  readonly bits: GfpBits;
  /** Named composites such as GFP_KERNEL. */
  readonly composites: Readonly<Record<string, Gfp>>;
  /** What `%pGg` prints, in its order: composites first, then single bits. */
  readonly printOrder: readonly NamedMask[];
  /** __GFP_BITS_SHIFT without LOCKDEP; gfp_allowed_mask is (1 << shift) − 1. */
  readonly bitsShift: number;
  /** The bit that __GFP_NOLOCKDEP takes when LOCKDEP is built in. */
  readonly lockdepBit: Gfp;
  /** GFP_RECLAIM_MASK: what SLUB's new_slab keeps of the caller's mask. */
  readonly reclaimMask: Gfp;
  /** GFP_CONSTRAINT_MASK: what SLUB keeps besides. */
  readonly constraintMask: Gfp;
}

/** Values of the ALLOC_* flags; a flag that a kernel does not have is 0. */
export interface AllocBits {
  readonly NO_WATERMARKS: number;
  readonly OOM: number;
  /** ALLOC_HARDER of 4.17, ALLOC_NON_BLOCK of 6.x. */
  readonly HARDER: number;
  /** ALLOC_HIGH of 4.17, ALLOC_MIN_RESERVE of 6.x. */
  readonly HIGH: number;
  readonly CPUSET: number;
  readonly CMA: number;
  readonly NOFRAGMENT: number;
  readonly HIGHATOMIC: number;
  readonly KSWAPD: number;
  /** Their names in this kernel, lowest bit first, without the watermark index. */
  readonly names: readonly NamedMask[];
}

/** Where two kernels decide differently. The model asks these, never the version. */
export interface KernelRules {
  /** An order above the largest is refused at entry (6.x), or only by the slow path. */
  readonly oversizeRefusedAtEntry: boolean;
  /** Scope flags of the task act at entry (6.x) or only before the slow path (4.17). */
  readonly scopeFlagsAtEntry: boolean;
  /** Upper clamp of min_free_kbytes, kB. */
  readonly minFreeKbytesMax: number;
  /** A fourth watermark, promo = high + gap. */
  readonly promoWatermark: boolean;
  /** ZONE_MOVABLE: min is clamped by its size and it is left out of the lowmem total. */
  readonly movableWatermarkClamped: boolean;
  /** vm.watermark_boost_factor default, 0 where boost does not exist. */
  readonly watermarkBoostFactor: number;
  /** Largest accepted vm.watermark_scale_factor. */
  readonly watermarkScaleFactorMax: number;
  /** Writing a watermark sysctl recomputes the per-CPU list limits too. */
  readonly pcpFollowsWatermarks: boolean;
  /** A zone without managed pages reserves nothing. */
  readonly reserveNeedsManaged: boolean;
  /** The lowmem_reserve column: the first usable zone's index (4.17) or gfp_zone(gfp). */
  readonly reserveIndex: 'preferred-zone' | 'gfp-zone';
  /** What makes a request dig deeper: the ATOMIC bit (4.17) or a missing DIRECT_RECLAIM. */
  readonly nonBlocking: 'atomic-bit' | 'lacks-direct-reclaim';
  /** An RT task outside interrupts gets HARDER (3/4 of min) or MIN_RESERVE (1/2). */
  readonly realtimeReserve: 'harder' | 'min-reserve';
  /** Discount arithmetic: HIGH, then OOM or HARDER (4.17); or HARDER only below MIN_RESERVE. */
  readonly harderNeedsHigh: boolean;
  /** Highatomic pages subtracted in the check: the reserve's size or its free pages. */
  readonly highatomicSubtracts: 'reserved' | 'free';
  /** Flags that spare a request this subtraction: HARDER|OOM, or any reserve flag. */
  readonly highatomicSparesHigh: boolean;
  /** The order-0 shortcut subtracts highatomic pages too. */
  readonly shortcutCountsHighatomic: boolean;
  /** A free pageblock merges with a highatomic one (4.17). */
  readonly highatomicMerges: boolean;
  /** A free block that changes its type goes to its list's head (4.17) or tail. */
  readonly movedBlocksGoFirst: boolean;
  /** Highatomic lists as a last resort for NON_BLOCK and OOM requests, order 0 included. */
  readonly highatomicLastResort: boolean;
  /** Cap of the reserve: managed/100 plus one pageblock, or rounded up to whole pageblocks. */
  readonly highatomicCap: 'plus-block' | 'rounded-up';
  /** Orders up to this one have per-CPU lists. */
  readonly pcpMaxOrder: number;
  /** pcp batch: largest number of pages that enter its formula. */
  readonly pcpBatchSource: number;
  /** pcp high: 6 × batch, from the low watermark, or the latter with auto-tuning above it. */
  readonly pcpHigh: 'six-batches' | 'low-watermark' | 'auto-tuned';
  /** A first walk avoids mixing pageblocks (ALLOC_NOFRAGMENT). */
  readonly avoidFragmentation: boolean;
  /** Fallback on one path, or whole blocks first and then the theft of one page. */
  readonly fallback: 'convert' | 'claim-or-steal';
  /** Who is rechecked against the unboosted min at order 0. */
  readonly boostExemption: 'none' | 'atomic-bit' | 'min-reserve';
  /** NOFAIL sanity warnings at slow-path entry (6.12) or at its end. */
  readonly nofailWarnsAtEntry: boolean;
  /** __GFP_NOWARN silences the NOFAIL warnings at the end of the slow path. */
  readonly nowarnSilencesNofail: boolean;
  /** NOFAIL's last resort: HARDER (3/4 of min) or MIN_RESERVE (1/2). */
  readonly nofailReserve: 'harder' | 'min-reserve';
  /** zone_reclaimable_pages falls back to free pages when the LRU lists are empty. */
  readonly reclaimableFallsBackToFree: boolean;
  /** Anonymous against file pages: pages found in use (4.17), or what reclaim cost (6.x). */
  readonly scanBalance: 'rotations' | 'costs';
  /** Weight of a page written out or read back in that cost; do pages that stay count too? */
  readonly reclaimIoCost: number;
  readonly rotationsCost: boolean;
  /** Any use of a mapped anonymous page activates it, or only the second one (6.x). */
  readonly anonActivatedAtFirstUse: boolean;
  /** kswapd has looked at enough when it has reclaimed as much, slab pages included (6.12). */
  readonly kswapdCountsReclaimed: boolean;
  /** Most of vm.swappiness. */
  readonly swappinessMax: number;
  /** What reclaim takes out of the swap cache leaves a shadow, which keeps its node. */
  readonly anonLeavesShadows: boolean;
  /** A node of the swap cache is asked for with these flags, one attempt after the other. */
  readonly swapNodeGfp: readonly Gfp[];
  /** A mapped page, or one in the swap cache, counts twice as scanned. */
  readonly mappedCountsTwice: boolean;
  /** A tick that finds an urgent RCU grace period makes the running process give way (4.19). */
  readonly urgentTickReschedules: boolean;
  /** A direct reclaimer that finds too many pages isolated waits so long, ns. */
  readonly isolationWaitNs: number;
  /** Reclaim goes on for compaction's sake only with __GFP_IO. */
  readonly continueNeedsIo: boolean;
  /** RETRY_MAYFAIL scans on for compaction as long as anything was scanned. */
  readonly retryMayfailRescans: boolean;
  /** Deferred shrinker work counts by the priority, or whole. */
  readonly shrinkerDefersByPriority: boolean;
  /** Reclaim without progress sleeps one jiffy at priority 1. */
  readonly throttlesNoProgress: boolean;
  /** Fruitless reclaim that spared active pages tries again without sparing them. */
  readonly retriesWithDeactivation: boolean;
  /** should_reclaim_retry waits so long for writeback when nothing was freed, ns; 0: never. */
  readonly reclaimRetryWaitNs: number;
  /** Highatomic blocks are released on every negative exit of should_reclaim_retry. */
  readonly unreserveOnEveryGiveUp: boolean;
  /** A costly NORETRY request whose early compaction was skipped does not even reclaim (6.x). */
  readonly costlyNoretrySkips: boolean;
  /** A compaction that was deferred or saw a part only is retried as if it was skipped (4.17). */
  readonly partialCompactionIsSkipped: boolean;
  /** Deferred compaction, like a skipped one, is not followed by a walk (4.17). */
  readonly deferredCompactionEndsTry: boolean;
  /** A task that shall die does not ask for compaction again (6.x). */
  readonly killedStopCompacting: boolean;
  /** A request that may not compact (no __GFP_IO) is not retried for compaction's sake (6.x). */
  readonly retryNeedsCompaction: boolean;
  /** failslab with ignore-gfp-wait spares any reclaim bit (4.17) or only DIRECT_RECLAIM. */
  readonly failslabSpares: 'any-reclaim' | 'direct-reclaim';
  /** __GFP_NOWARN makes an injection silent. */
  readonly quietInjection: boolean;
  /** Stack filter before the space and interval tests (6.12) or after the dice. */
  readonly stackFilterFirst: boolean;
  /** SLUB min_objects counts possible CPUs (4.17) or present ones (unless only one is present). */
  readonly slubCountsPossibleCpus: boolean;
  /** SLUB order: search over min_objects downwards, or one start order and more fractions. */
  readonly slubOrderSearch: 'min-objects' | 'fractions';
  /** cpu partial counts objects (4.17) or slabs. */
  readonly slubCpuPartial: 'objects' | 'slabs';
  /** new_slab adds __GFP_COMP only to caches of order > 0, or always. */
  readonly slubAlwaysComp: boolean;
  /** New anonymous pages start on the active list. */
  readonly anonStartsActive: boolean;
  /** The OOM score is 1 at least, or may be negative. */
  readonly oomScoreAtLeastOne: boolean;
  /** Of two processes with one score the later started is killed. */
  readonly oomTieTakesLater: boolean;
  /** The worst child dies in place of its parent. */
  readonly oomSacrificesChild: boolean;
  /** A task that killed sleeps for one jiffy. */
  readonly oomKillerNaps: boolean;
  /** A page fault that got no page asks the OOM killer itself. */
  readonly faultAsksOom: boolean;
  /** Time that a victim has before the reaper comes, ns. */
  readonly oomReaperDelayNs: number;
  /** A busy CPU takes threads from busier ones every so many ms a CPU: sd_init, busy_factor. */
  readonly balanceBusyFactor: number;
  /** Only from those with so many threads of every hundred of its own: sd_init, imbalance_pct. */
  readonly balanceImbalancePercent: number;
  /** kmalloc cache names: kmalloc-1024 or kmalloc-1k. */
  readonly kmallocNames: 'bytes' | 'short';
}

export interface KmemleakFacts {
  /** sizeof(struct kmemleak_object), bytes, without lock debugging. */
  readonly objectSize: number;
  readonly scanAreaSize: number;
  /** Checksum of an object before its first scan; that of an all-zero object is 0. */
  readonly firstChecksum: number;
  /** Static pool entries (CONFIG_DEBUG_KMEMLEAK_MEM_POOL_SIZE default); 0: no pool. */
  readonly poolSize: number;
  /** Stack depot: page order and gfp flags of a new pool; null where traces are inline. */
  readonly stackDepot: { readonly order: number; readonly gfp: Gfp } | null;
}

/** Everything the simulator knows of one kernel: data, no logic. */
export interface KernelProfile extends Named {
  /** The exact release the facts were read from. */
  readonly release: string;
  readonly source: string;
  readonly gfp: GfpTable;
  readonly alloc: AllocBits;
  readonly rules: KernelRules;
  readonly kmemleak: KmemleakFacts;
  /** Largest page order, 10 in all three. */
  readonly maxOrder: number;
  /** vm.lowmem_reserve_ratio by zone index. */
  readonly lowmemReserveRatio: readonly number[];
  readonly watermarkScaleFactor: number;
  /** The user's own flag, which spares a request from injected faults; no profile has one. */
  readonly newFlag?: NewGfpFlag;
}
