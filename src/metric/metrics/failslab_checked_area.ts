import { faultCounter } from '../fault-counter.ts';

export default faultCounter({
  name: 'failslab_checked_area',
  summary: 'scan areas that failslab judged',
  capability: 'failslab',
  count: 'checked',
  role: 'area',
});
