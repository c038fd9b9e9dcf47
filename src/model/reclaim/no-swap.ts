import type { PageOwners, SwapSpace } from './page-fate.ts';

/** total_swap_pages 0. */
export const NO_SWAP: SwapSpace = { free: 0, total: 0 };

/** No process and no file: the pages on the lists belong to nobody who is told. */
export const NO_OWNERS: PageOwners = {
  unmap: () => false,
  evict: () => undefined,
  moved: () => undefined,
};
