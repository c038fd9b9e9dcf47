import { keptWithNolockdep, quietBits } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/** Mainline 5.15 to 6.9: NOLOCKDEP of the caller is kept, which the masks before dropped. */
const variant: KmemleakVariant = {
  name: 'nolockdep-5.15',
  summary: 'the quiet mask that keeps NOLOCKDEP, and the static pool',
  source: { who: 'Naohiro Aota', date: '2021-09-07', ref: 'commit 79d3705040c3' },
  attempts: (caller, _context, kernel) => [
    (keptWithNolockdep(caller, kernel) | quietBits(kernel)) >>> 0,
  ],
  injection: 'subject',
  // The configuration's default in every kernel that has the pool, so that older profiles fit.
  reserve: { entries: 16000, refill: 'own-objects' },
  onFailure: 'disable',
};

export default variant;
