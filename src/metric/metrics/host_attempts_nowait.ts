import { classCounter } from '../class-counter.ts';

export default classCounter({
  name: 'host_attempts_nowait',
  summary: 'requests of callers that only wake kswapd',
  kind: 'nowait',
  count: 'attempts',
  better: 'neither',
});
