import { faultCounter } from '../fault-counter.ts';

export default faultCounter({
  name: 'failslab_injected_metadata',
  summary: 'object requests of metadata that failslab failed',
  capability: 'failslab',
  count: 'injected',
  role: 'metadata',
});
