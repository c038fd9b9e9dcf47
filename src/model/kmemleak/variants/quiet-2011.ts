import { quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/** Mainline 2.6.38 to 4.14 and 5.3 on; the mask itself is still the same. */
const variant: KmemleakVariant = {
  name: 'quiet-2011',
  summary: 'NORETRY, NOMEMALLOC, NOWARN: quiet and cheap; one failure disables kmemleak',
  source: { who: 'Catalin Marinas', date: '2011', ref: 'commit 6ae4bd1f0bc4' },
  objection: 'Dmitry Vyukov: the first injected slab fault kills kmemleak',
  attempts: (caller, _context, kernel) => [quietMask(caller, kernel)],
  injection: 'subject',
  onFailure: 'disable',
};

export default variant;
