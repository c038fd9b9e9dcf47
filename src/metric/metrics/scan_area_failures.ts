import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'scan_area_failures',
  summary: 'scan areas that there was no memory for',
  unit: 'count',
  better: 'lower',
  kind: 'exact',
  read: ({ scanAreas }) => scanAreas.failures,
};

export default metric;
