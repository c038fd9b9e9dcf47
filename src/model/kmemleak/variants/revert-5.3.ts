import { quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * Mainline 5.3 to 5.14, and stable trees: NOFAIL is taken back, the mask is that of 2011 again.
 */
const variant: KmemleakVariant = {
  name: 'revert-5.3',
  summary: 'the quiet mask again: the plain revert of NOFAIL',
  source: { who: 'Yang Shi', date: '2019-08', ref: 'commit df9576def004' },
  objection: 'Qian Cai: alone it makes things worse, a pool has to come first',
  attempts: (caller, _context, kernel) => [quietMask(caller, kernel)],
  injection: 'subject',
  onFailure: 'disable',
};

export default variant;
