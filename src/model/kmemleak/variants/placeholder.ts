import { quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * A failure costs one object and not the detector. How it would be remembered without memory, so
 * that nobody behind it is accused, was left open: here it is forgotten.
 */
const variant: KmemleakVariant = {
  name: 'placeholder',
  summary: 'the quiet mask; what gets no metadata is noted as not tracked',
  source: { who: 'Michal Hocko', date: '2018-05-31', ref: '20180531184104.GT15278@dhcp22.suse.cz' },
  objection: 'none: an idea in a mail, which nobody built',
  attempts: (caller, _context, kernel) => [quietMask(caller, kernel)],
  injection: 'subject',
  onFailure: 'leave-untracked',
};

export default variant;
