import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'metadata_pool_free_min',
  summary: 'fewest free objects that the reserve pool had',
  unit: 'count',
  better: 'higher',
  kind: 'exact',
  read: ({ poolFreeMin }) => poolFreeMin,
};

export default metric;
