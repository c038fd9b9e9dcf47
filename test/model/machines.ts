import type { KernelProfile } from '../../src/kernel/kernel-profile.ts';
import profile417 from '../../src/kernel/profiles/4.17.ts';
import profile61 from '../../src/kernel/profiles/6.1.ts';
import profile612 from '../../src/kernel/profiles/6.12.ts';
import { DEFAULT_COSTS } from '../../src/model/costs.ts';
import { FAULT_DEFAULTS } from '../../src/model/fault/fault-attr.ts';
import untracked from '../../src/model/kmemleak/variants/untracked.ts';
import type { FreeState, MachineConfig, ZoneConfig } from '../../src/model/machine-config.ts';

// Small machines for tests: the exam cases' zone X, and whole configurations around zones.

export const KERNELS: readonly KernelProfile[] = [profile417, profile61, profile612];
export const [KERNEL_417, KERNEL_61, KERNEL_612] = KERNELS as [
  KernelProfile,
  KernelProfile,
  KernelProfile,
];

/** Zone X of the exam cases: min 1000, low 1250, high 1500, no reserve, batch 1. */
export function zoneX(free: Partial<FreeState> & { pages: number }): ZoneConfig {
  return {
    name: 'Normal',
    index: 2,
    startPfn: 1 << 17,
    spanned: 1 << 16,
    present: 1 << 16,
    managed: 1 << 16,
    watermarks: { min: 1000, low: 1250, high: 1500, promo: 1750 },
    boost: 0,
    lowmemReserve: [0, 0, 0, 0],
    pcp: { batch: 1, high: 6, highMin: 6, highMax: 6 },
    free: { pcp: [0], ...free },
  };
}

export function machineOf(
  kernel: KernelProfile,
  zones: readonly ZoneConfig[],
  more: Partial<MachineConfig> = {},
): MachineConfig {
  return {
    kernel,
    cpus: 1,
    pageblockOrder: 9,
    watermarkBoostFactor: kernel.rules.watermarkBoostFactor,
    zones,
    slabs: [],
    cleanFilePages: 0,
    fault: FAULT_DEFAULTS,
    kmemleak: {
      enabled: false,
      variant: untracked,
      poolFree: 0,
      gracePeriodNs: 0,
      stackDepotEnabled: false,
    },
    costs: DEFAULT_COSTS,
    ...more,
  };
}
