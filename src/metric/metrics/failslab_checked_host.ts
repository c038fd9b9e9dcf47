import { faultCounter } from '../fault-counter.ts';

export default faultCounter({
  name: 'failslab_checked_host',
  summary: 'object requests of callers that failslab judged',
  capability: 'failslab',
  count: 'checked',
  role: 'host',
});
