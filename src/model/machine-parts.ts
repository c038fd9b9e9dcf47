import { KeyedDice, type RandomStreams } from '../engine/random-streams.ts';
import { FailPageAlloc } from './fault/fail-page-alloc.ts';
import { Failslab } from './fault/failslab.ts';
import { FaultExemptions } from './fault/fault-exemptions.ts';
import { gfpAllowedMask, type NewFlag } from './fault/new-flag.ts';
import { newFlagOf } from './kmemleak/variant.ts';
import type { MachineConfig } from './machine-config.ts';
import { MaskWarnings } from './mask-warnings.ts';
import { buildMemory, type Memory } from './memory.ts';
import { PageAllocator } from './page-allocator.ts';
import { Compaction } from './reclaim/compaction.ts';
import { DirectReclaim } from './reclaim/direct-reclaim.ts';
import { Kswapd } from './reclaim/kswapd.ts';
import { OutOfMemory } from './reclaim/out-of-memory.ts';
import { Retry } from './reclaim/retry.ts';
import { SlabAllocator } from './slab/slab-allocator.ts';
import { Warnings } from './warnings.ts';

/** The parts of a machine below kmemleak and the tasks, built bottom up. */
export interface MachineParts {
  readonly memory: Memory;
  readonly pages: PageAllocator;
  readonly slab: SlabAllocator;
  readonly failslab: Failslab;
  readonly failPageAlloc: FailPageAlloc;
  readonly exemptions: FaultExemptions;
  readonly kswapd: Kswapd;
  readonly warnings: Warnings;
}

/** `classes`: gfp classes of all callers together. */
export function buildParts(
  config: MachineConfig,
  classes: number,
  streams: RandomStreams,
): MachineParts {
  const { kernel, costs, fault } = config;
  const memory = buildMemory(config);
  const { variant } = config.kmemleak;
  const newFlag: NewFlag | null = newFlagOf(variant, kernel, config.kmemleak.newFlag);
  const exempt = variant.injection === 'gfp-flag' ? (newFlag?.value ?? 0) : 0;
  const exemptions = new FaultExemptions(exempt, variant.injection === 'cache-flag');
  const slabDice = new KeyedDice(streams, 'failslab');
  const pageDice = new KeyedDice(streams, 'fail_page_alloc');
  const setting = { kernel, exemptions, classes };
  const failslab = new Failslab(fault.failslab, { ...setting, dice: slabDice });
  const failPageAlloc = new FailPageAlloc(fault.failPageAlloc, { ...setting, dice: pageDice });
  const { vmstat, check, zones } = memory;
  const compaction = new Compaction(check, vmstat);
  const kswapd = new Kswapd(zones, check, vmstat);
  const warnings = new Warnings();
  const maskWarnings = new MaskWarnings(kernel, warnings);
  const pages = new PageAllocator({
    ...memory,
    costs,
    failPageAlloc,
    kswapd,
    reclaim: new DirectReclaim(memory.cache, vmstat, costs),
    compaction,
    retry: new Retry(memory, memory.cache, compaction),
    oom: new OutOfMemory(kernel, vmstat),
    warnings: maskWarnings,
    allowedGfp: gfpAllowedMask(kernel, newFlag),
  });
  const slab = new SlabAllocator({
    kernel,
    cpus: { present: config.cpus, possible: config.cpus },
    pages,
    frames: memory.frames,
    failslab,
    sleepCheck: maskWarnings,
    costs,
    newFlag,
    failslabCaches: fault.failslab.markedCaches,
    states: config.slabs,
  });
  return { memory, pages, slab, failslab, failPageAlloc, exemptions, kswapd, warnings };
}
