import { classCounter } from '../class-counter.ts';

export default classCounter({
  name: 'host_attempts_kernel',
  summary: 'requests of callers that may sleep',
  kind: 'kernel',
  count: 'attempts',
  better: 'neither',
});
