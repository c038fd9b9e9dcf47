import { quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * One switch for the whole machine, saved before the metadata allocation and restored after it.
 */
const variant: KmemleakVariant = {
  name: 'knob-global',
  summary: 'the quiet mask inside one machine-wide switch that turns page faults off',
  source: { who: 'Michal Hocko', date: '2018-04-24', ref: '20180424132057.GE17484@dhcp22.suse.cz' },
  objection:
    'Michal Hocko himself: not great; Dmitry Vyukov: it must be per task and aware of interrupts',
  attempts: (caller, _context, kernel) => [quietMask(caller, kernel)],
  injection: 'global-scope',
  onFailure: 'disable',
};

export default variant;
