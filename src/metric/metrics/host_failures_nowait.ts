import { classCounter } from '../class-counter.ts';

export default classCounter({
  name: 'host_failures_nowait',
  summary: 'refused requests of callers that only wake kswapd',
  kind: 'nowait',
  count: 'failures',
  better: 'lower',
});
