import { keptFlags } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * Mainline 2.6.31 to 2.6.37: as much effort as the caller's own, reserves included, and a failure
 * that prints.
 */
const variant: KmemleakVariant = {
  name: 'orig-2009',
  summary: "the caller's flags, cut to GFP_KERNEL | GFP_ATOMIC and nothing added",
  source: { who: 'Catalin Marinas', date: '2009', ref: 'commit 3c7b4e6b8be4' },
  objection: 'Catalin Marinas replaced it: metadata should fail quietly and cheaply',
  attempts: (caller, _context, kernel) => [keptFlags(caller, kernel)],
  injection: 'subject',
  onFailure: 'disable',
};

export default variant;
