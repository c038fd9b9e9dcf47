import { IO_DONE } from './event-kind.ts';
import type { DiskConfig, MachineConfig } from './machine-config.ts';
import type { Memory } from './memory.ts';
import { NestedMemory } from './nested-memory.ts';
import { BlockDevice } from './reclaim/block-device.ts';
import { Swap } from './reclaim/swap.ts';
import type { Timers } from './timers.ts';

/** What lies behind memory: the swap area, the disk of the files. */
export interface Storage {
  /** By the number that their events carry. */
  readonly devices: readonly BlockDevice[];
  /** null: nobody may read or write a file. */
  readonly fileDisk: BlockDevice | null;
  readonly swap: Swap | null;
  /** The memory that writing takes; its slab layer is attached later. */
  readonly nested: NestedMemory;
}

export function buildStorage(config: MachineConfig, memory: Memory, timers: Timers): Storage {
  const { kernel, costs, swap: area, disk } = config;
  const devices: BlockDevice[] = [];
  const add = (spec: DiskConfig): BlockDevice => {
    const place = { id: devices.length, timers, doneKind: IO_DONE };
    const device = new BlockDevice(spec, place);
    devices.push(device);
    return device;
  };
  const nested = new NestedMemory();
  const { frames, pcp, lru, vmstat } = memory;
  const parts = { kernel, frames, pcp, lru, nested, vmstat, costs };
  const swap =
    area === undefined ? null : new Swap({ ...parts, device: add(area.disk), pages: area.pages });
  return { devices, fileDisk: disk === undefined ? null : add(disk), swap, nested };
}
