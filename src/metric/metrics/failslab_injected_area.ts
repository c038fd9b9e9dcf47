import { faultCounter } from '../fault-counter.ts';

export default faultCounter({
  name: 'failslab_injected_area',
  summary: 'scan areas that failslab failed',
  capability: 'failslab',
  count: 'injected',
  role: 'area',
});
