import { classCounter } from '../class-counter.ts';

export default classCounter({
  name: 'host_failures_bare',
  summary: 'refused requests of callers without any reclaim bit',
  kind: 'bare',
  count: 'failures',
  better: 'lower',
});
