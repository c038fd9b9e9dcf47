import { classCounter } from '../class-counter.ts';

export default classCounter({
  name: 'host_attempts_atomic',
  summary: 'requests of callers that may dig into reserves',
  kind: 'atomic',
  count: 'attempts',
  better: 'neither',
});
