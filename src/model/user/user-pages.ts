import type { Zone } from '../mm/zone.ts';
import type { PageSource } from '../page-source.ts';

/** The access went through. NONE: it did not (VM_FAULT_OOM): its task is dying, or tries again. */
export const ACCESSED = 0;

/** Where user memory comes from: the page allocator. */
export interface UserPages extends PageSource {
  zoneOf(pfn: number): Zone;
  /** Pages of their users that the LRU lists count from now on; negative: no more. */
  handOver(pages: number): void;
}
