import { faultCounter } from '../fault-counter.ts';

export default faultCounter({
  name: 'failslab_injected_host',
  summary: 'object requests of callers that failslab failed',
  capability: 'failslab',
  count: 'injected',
  role: 'host',
});
