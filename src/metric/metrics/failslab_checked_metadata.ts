import { faultCounter } from '../fault-counter.ts';

export default faultCounter({
  name: 'failslab_checked_metadata',
  summary: 'object requests of metadata that failslab judged',
  capability: 'failslab',
  count: 'checked',
  role: 'metadata',
});
