import { classCounter } from '../class-counter.ts';

export default classCounter({
  name: 'host_failures_kernel',
  summary: 'refused requests of callers that may sleep',
  kind: 'kernel',
  count: 'failures',
  better: 'lower',
});
