import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import type { SlowPath } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';
import type { BioPool } from './bio-pool.ts';
import type { BlockDevice, WriteListener } from './block-device.ts';
import type { SwapBacking, SwapWriter } from './swap-backing.ts';

/**
 * A swap area on a block device: each page is a request of its own, with a bio.
 *
 * Models: __swap_writepage, end_swap_bio_write, swap_readpage of mm/page_io.c (4.17, 6.1, 6.12).
 * Departs: the request itself needs no memory.
 */
export class SwapDisk implements SwapBacking, WriteListener {
  readonly #bios: BioPool;
  readonly #device: BlockDevice;
  readonly #gfp: Gfp;
  /** Handle of the bio of each page under write, and who hears of its end. */
  readonly #bioOf = new Map<number, number>();
  readonly #writerOf = new Map<number, SwapWriter>();

  constructor(bios: BioPool, device: BlockDevice, kernel: KernelProfile) {
    this.#bios = bios;
    this.#device = device;
    this.#gfp = kernel.gfp.composites['GFP_NOIO']!;
  }

  *write(pfn: number, _slot: number, writer: SwapWriter, context: TaskContext): SlowPath {
    this.#bioOf.set(pfn, yield* this.#bios.take(this.#gfp, context));
    this.#writerOf.set(pfn, writer);
    writer.starts(pfn);
    yield* this.#device.write(1, { listener: this, tag: pfn }, context);
    return 0;
  }

  /** end_swap_bio_write(): in interrupt context. */
  written(pfn: number): void {
    const writer = this.#writerOf.get(pfn)!;
    this.#bios.give(this.#bioOf.get(pfn)!);
    this.#bioOf.delete(pfn);
    this.#writerOf.delete(pfn);
    writer.written(pfn);
  }

  read(_slot: number, context: TaskContext): SlowPath {
    return this.#device.read(1, context);
  }

  /** A disk does not mind. */
  forget(): void {}
}
