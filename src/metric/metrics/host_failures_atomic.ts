import { classCounter } from '../class-counter.ts';

export default classCounter({
  name: 'host_failures_atomic',
  summary: 'refused requests of callers that may dig into reserves',
  kind: 'atomic',
  count: 'failures',
  better: 'lower',
});
