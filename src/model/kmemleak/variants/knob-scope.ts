import { quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * A scope around the metadata allocation, opened and closed like the scopes that take GFP_FS
 * away: whoever else allocates meanwhile is outside of it.
 */
const variant: KmemleakVariant = {
  name: 'knob-scope',
  summary: 'the quiet mask inside a scope of its own that spares it from injected faults',
  source: { who: 'Michal Hocko', date: '2018-04-22', ref: '20180422125141.GF17484@dhcp22.suse.cz' },
  objection: 'Chunyu Hu: fault attributes know a mask and a size alone; it looks complicated',
  attempts: (caller, _context, kernel) => [quietMask(caller, kernel)],
  injection: 'own-scope',
  onFailure: 'disable',
};

export default variant;
