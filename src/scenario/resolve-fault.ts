import { suggestion } from '../base/suggest.ts';
import { UserError } from '../base/user-error.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import {
  FAIL_PAGE_ALLOC_DEFAULTS,
  FAILSLAB_DEFAULTS,
  type FailPageAllocSpec,
  type FailslabSpec,
  type FaultAttr,
  type FaultSpec,
} from '../model/fault/fault-attr.ts';
import { checkFaultSpec, parseFaultBoot } from '../model/fault/fault-boot.ts';
import { kmallocNames } from '../model/slab/kmalloc-classes.ts';
import type { FailPageAllocKnobs, FailslabKnobs, FaultSection } from './schema-fault.ts';

/** Fault injection with the kernel's defaults where the scenario says nothing. */
export function resolveFault(section: FaultSection, kernel: KernelProfile): FaultSpec {
  const spec: FaultSpec = {
    failslab: resolveFailslab(section.failslab ?? {}, kernel),
    failPageAlloc: resolveFailPageAlloc(section.fail_page_alloc ?? {}),
    ...(section['built-in'] === undefined ? {} : { builtIn: section['built-in'] }),
  };
  checkFaultSpec(spec);
  return spec;
}

function resolveFailslab(knobs: string | FailslabKnobs, kernel: KernelProfile): FailslabSpec {
  if (typeof knobs === 'string') return parseFaultBoot(knobs, FAILSLAB_DEFAULTS, 'failslab');
  return {
    ...commonKnobs(knobs, FAILSLAB_DEFAULTS),
    ignoreGfpWait: knobs['ignore-gfp-wait'] ?? FAILSLAB_DEFAULTS.ignoreGfpWait,
    cacheFilter: knobs['cache-filter'] ?? FAILSLAB_DEFAULTS.cacheFilter,
    markedCaches: markedCaches(knobs['marked-caches'] ?? [], kernel),
  };
}

/** Only caches from which a load or kmemleak allocates: any other could never be injected. */
function markedCaches(names: readonly string[], kernel: KernelProfile): readonly string[] {
  const known = [...kmallocNames(kernel), 'kmemleak_object'];
  const wrong = names.find((name) => !known.includes(name));
  if (wrong === undefined) return names;
  const respelled = inOtherSpelling(wrong);
  const meant = known.includes(respelled) ? respelled : wrong;
  throw new UserError(`unknown slab cache '${wrong}'`, { hint: suggestion(meant, known) });
}

/** kmalloc-1k, as kernels from 4.20 on say it, for kmalloc-1024, and the other way round. */
function inOtherSpelling(name: string): string {
  return name.replace(/\d+k?$/, (size) => {
    if (size.endsWith('k')) return String(Number.parseInt(size, 10) * 1024);
    return `${Number(size) / 1024}k`;
  });
}

function resolveFailPageAlloc(knobs: string | FailPageAllocKnobs): FailPageAllocSpec {
  const defaults = FAIL_PAGE_ALLOC_DEFAULTS;
  if (typeof knobs === 'string') return parseFaultBoot(knobs, defaults, 'fail_page_alloc');
  return {
    ...commonKnobs(knobs, defaults),
    ignoreGfpWait: knobs['ignore-gfp-wait'] ?? defaults.ignoreGfpWait,
    ignoreGfpHighmem: knobs['ignore-gfp-highmem'] ?? defaults.ignoreGfpHighmem,
    minOrder: knobs['min-order'] ?? defaults.minOrder,
  };
}

function commonKnobs(knobs: FailslabKnobs | FailPageAllocKnobs, defaults: FaultAttr): FaultAttr {
  return {
    probability: knobs.probability ?? defaults.probability,
    interval: knobs.interval ?? defaults.interval,
    times: knobs.times ?? defaults.times,
    space: knobs.space ?? defaults.space,
    taskFilter: knobs['task-filter'] ?? defaults.taskFilter,
    verbose: knobs.verbose ?? defaults.verbose,
    ...(knobs['stack-filter'] === undefined ? {} : { stackFilter: knobs['stack-filter'] }),
  };
}
