import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'host_failure_rate',
  summary: "share of the callers' own requests that were refused",
  unit: 'ratio',
  better: 'lower',
  kind: 'exact',
  read: ({ hostAttempts, hostFailures }) =>
    hostAttempts === 0 ? null : hostFailures / hostAttempts,
};

export default metric;
