import { keptWithNolockdep, quietBits } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * Mainline since 6.10: the value of nolockdep-5.15, made by gfp_nested_mask(), which the stack
 * depot and page_owner use, too.
 */
const variant: KmemleakVariant = {
  name: 'nested-6.10',
  summary: 'the mask of 5.15 as the shared gfp_nested_mask(), and the static pool',
  source: { who: 'Dave Chinner', date: '2024-04-30', ref: 'commit 1c00f9368628' },
  attempts: (caller, _context, kernel) => [
    (keptWithNolockdep(caller, kernel) | quietBits(kernel)) >>> 0,
  ],
  injection: 'subject',
  // The configuration's default in every kernel that has the pool, so that older profiles fit.
  reserve: { entries: 16000, refill: 'own-objects' },
  onFailure: 'disable',
};

export default variant;
