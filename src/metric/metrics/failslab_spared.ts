import { sparedCounter } from '../fault-counter.ts';

export default sparedCounter(
  'failslab_spared',
  'object requests that NOFAIL, a new flag or a scope kept from failslab',
  'failslab',
);
