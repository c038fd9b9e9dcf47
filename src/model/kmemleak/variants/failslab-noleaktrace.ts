import { quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * failslab lets caches with SLAB_NOLEAKTRACE alone, which kmemleak's own are; faults of the page
 * allocator still hit them.
 */
const variant: KmemleakVariant = {
  name: 'failslab-noleaktrace',
  summary: 'the quiet mask; failslab spares the caches that kmemleak does not track',
  source: {
    who: 'Catalin Marinas',
    date: '2018-04-24',
    ref: '20180424134148.qkvqqa4c37l6irvg@armageddon.cambridge.arm.com',
  },
  objection: 'Chunyu Hu: page faults stay, for the cache has order 2 and not the hoped-for 0',
  attempts: (caller, _context, kernel) => [quietMask(caller, kernel)],
  injection: 'cache-flag',
  onFailure: 'disable',
};

export default variant;
