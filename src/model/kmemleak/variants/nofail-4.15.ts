import { quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * Mainline 4.15 to 5.2: what the 2018 mails argue about. NORETRY leaves the slow path before the
 * OOM killer and NOFAIL jumps back into it, so a blockable request may loop for ever.
 */
const variant: KmemleakVariant = {
  name: 'nofail-4.15',
  summary: 'the quiet mask with NOFAIL, which keeps failslab away from metadata',
  source: { who: 'Dmitry Vyukov', date: '2018-01-13', ref: 'commit d9570ee3bd1d' },
  objection:
    'Michal Hocko: an abuse of NOFAIL, crude; Chunyu Hu, Matthew Wilcox: it contradicts itself',
  aliases: ['v4.17'],
  attempts: (caller, _context, kernel) => [
    (quietMask(caller, kernel) | kernel.gfp.bits.NOFAIL) >>> 0,
  ],
  injection: 'gfp-flag',
  onFailure: 'disable',
};

export default variant;
