import { quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/** The upper bound: what perfect metadata would cost, with the quiet mask's demand for memory. */
const variant: KmemleakVariant = {
  name: 'never-fails',
  summary: 'bound: where the quiet mask fails, an object appears from nowhere',
  source: { who: 'gfpsim', date: 'none', ref: 'a bound, not a proposal' },
  attempts: (caller, _context, kernel) => [quietMask(caller, kernel)],
  injection: 'subject',
  onFailure: 'leave-untracked',
  bound: 'never-fails',
};

export default variant;
