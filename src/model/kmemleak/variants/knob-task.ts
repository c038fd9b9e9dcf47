import { quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/** No mask carries the exemption: the task says that its requests are kmemleak's for now. */
const variant: KmemleakVariant = {
  name: 'knob-task',
  summary: 'the quiet mask inside a per-task scope that spares it from injected faults',
  source: {
    who: 'Michal Hocko',
    date: '2018-04-24',
    ref: '20180424170239.GP17484@dhcp22.suse.cz',
  },
  objection: 'Chunyu Hu: no more faults, but callers in weak contexts still switch kmemleak off',
  attempts: (caller, _context, kernel) => [quietMask(caller, kernel)],
  injection: 'task-scope',
  onFailure: 'disable',
};

export default variant;
