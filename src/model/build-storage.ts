import { IO_DONE } from './event-kind.ts';
import type { DiskConfig, MachineConfig, SwapConfig } from './machine-config.ts';
import type { Memory } from './memory.ts';
import { NestedMemory } from './nested-memory.ts';
import { BioPool } from './reclaim/bio-pool.ts';
import { BlockDevice } from './reclaim/block-device.ts';
import { CompressedSwap } from './reclaim/compressed-swap.ts';
import { DEFAULT_DIRTY_RATIOS, DirtyLimits } from './reclaim/dirty-limits.ts';
import { Swap } from './reclaim/swap.ts';
import type { SwapBacking } from './reclaim/swap-backing.ts';
import { SwapDisk } from './reclaim/swap-disk.ts';
import { Writeback } from './reclaim/writeback.ts';
import type { Timers } from './timers.ts';

/** What lies behind memory: the swap area, the disk of the files. */
export interface Storage {
  /** By the number that their events carry. */
  readonly devices: readonly BlockDevice[];
  /** null: nobody may read or write a file. */
  readonly fileDisk: BlockDevice | null;
  readonly swap: Swap | null;
  /** null where no file is. */
  readonly writeback: Writeback | null;
  /** The memory that writing takes; its slab layer is attached later. */
  readonly nested: NestedMemory;
}

export function buildStorage(config: MachineConfig, memory: Memory, timers: Timers): Storage {
  const { kernel, costs, swap: area, disk } = config;
  const devices: BlockDevice[] = [];
  const add = (spec: DiskConfig): BlockDevice => {
    const { submitIoNs: submitNs } = costs;
    const place = { id: devices.length, timers, doneKind: IO_DONE, submitNs };
    const device = new BlockDevice(spec, place);
    devices.push(device);
    return device;
  };
  const nested = new NestedMemory();
  const bios = new BioPool(nested, kernel);
  const { frames, pcp, lru, workingset, vmstat, zones } = memory;
  const baseSmall = config.baseSmall ?? false;
  const backingOf = (swap: SwapConfig): SwapBacking => {
    const { pages: slots, compressionRatio } = swap;
    if (compressionRatio === undefined) return new SwapDisk(bios, add(swap.disk), kernel);
    return new CompressedSwap(nested, { kernel, costs, slots, compressionRatio });
  };
  const buildSwap = (backing: SwapBacking, pages: number): Swap =>
    new Swap({
      ...{ kernel, baseSmall, frames, pcp, lru, workingset, nested, vmstat, costs },
      ...{ backing, pages },
    });
  const swap = area === undefined ? null : buildSwap(backingOf(area), area.pages);
  const fileDisk = disk === undefined ? null : add(disk);
  const limits = new DirtyLimits(zones, lru, config.dirtyRatios ?? DEFAULT_DIRTY_RATIOS);
  const buildWriteback = (device: BlockDevice): Writeback =>
    new Writeback({ kernel, frames, lru, limits, bios, device, timers, vmstat });
  const writeback = fileDisk === null ? null : buildWriteback(fileDisk);
  return { devices, fileDisk, swap, writeback, nested };
}
