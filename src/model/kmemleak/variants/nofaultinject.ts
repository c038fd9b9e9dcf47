import type { KernelProfile } from '../../../kernel/kernel-profile.ts';
import type { NewFlag } from '../../fault/new-flag.ts';
import { quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/** A flag of its own: spared by both capabilities as long as nothing drops the bit on the way. */
const variant: KmemleakVariant = {
  name: 'nofaultinject',
  summary: 'the quiet mask with a new flag that both fault capabilities look at',
  source: {
    who: 'Dmitry Vyukov',
    date: '2018-04-22',
    ref: 'CACT4Y+YWUgyzCBadg+Oe8wDkFCaBzmcKDgu3rKjQxim7NXNLpg@mail.gmail.com',
  },
  objection: 'Michal Hocko: no new flags; Dmitry Vyukov is for it: safe in interrupts, few lines',
  attempts: (caller, _context, kernel) => [
    (quietMask(caller, kernel) | flagOf(kernel).value) >>> 0,
  ],
  injection: 'gfp-flag',
  newFlag: flagOf,
  onFailure: 'disable',
};

export default variant;

/** The bit after the one that LOCKDEP may take: the last place that a kernel itself can use. */
function flagOf(kernel: KernelProfile): NewFlag {
  return {
    name: '__GFP_NOFAULTINJECT',
    value: kernel.gfp.lockdepBit * 2,
    bitsShiftRaised: true,
    inReclaimMask: true,
  };
}
