import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'livelock_ns',
  summary: 'longest time that a request went round in vain, until others ended it or the run did',
  unit: 'ns',
  better: 'lower',
  kind: 'exact',
  read: ({ livelocks, simulatedNs }) =>
    livelocks.reduce(
      (longest, { sinceNs, lastedNs }) => Math.max(longest, lastedNs ?? simulatedNs - sinceNs),
      0,
    ),
};

export default metric;
