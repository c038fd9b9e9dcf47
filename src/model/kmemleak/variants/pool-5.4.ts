import { quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/** What landed: when the slab cache fails, a static pool that only its own objects refill. */
const variant: KmemleakVariant = {
  name: 'pool-5.4',
  summary: 'the quiet mask, and a static pool of 16000 objects behind the slab cache',
  source: { who: 'Catalin Marinas', date: '2019-08-12', ref: 'commit 0647398a8c7b' },
  objection: 'Andrew Morton: why not a mempool, and why this name',
  attempts: (caller, _context, kernel) => [quietMask(caller, kernel)],
  injection: 'subject',
  // The configuration's default in every kernel that has the pool, so that older profiles fit.
  reserve: { entries: 16000, refill: 'own-objects' },
  onFailure: 'disable',
};

export default variant;
