import type { SlowPath } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';

/** Who hears what becomes of a page on its way out. */
export interface SwapWriter {
  /** The page still belongs to the slot: nobody gave it up or mapped it again. */
  wants(pfn: number, slot: number): boolean;
  /** The write is about to be handed to the device: the page is under writeback. */
  starts(pfn: number): void;
  /** The device is done with it. */
  written(pfn: number): void;
  /** It was stored at once, without writeback. */
  stored(pfn: number): void;
}

/** Where the contents of swapped-out pages are. */
export interface SwapBacking {
  /** swap_writepage(): ends with the write under way or done; the page is dirty if it failed. */
  write(pfn: number, slot: number, writer: SwapWriter, context: TaskContext): SlowPath;
  /** Ends with the content in memory. */
  read(slot: number, context: TaskContext): SlowPath;
  /** swap_slot_free_notify(): nobody wants what this slot holds. */
  forget(slot: number, context: TaskContext): void;
}
