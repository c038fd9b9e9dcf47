import { injectedFaults } from '../injected-faults.ts';
import type { Metric } from '../metric.ts';

/** Of objects and of scan areas; the capabilities count them apart. */
const metric: Metric = {
  name: 'injected_metadata',
  summary: 'injected faults that hit metadata',
  unit: 'count',
  better: 'lower',
  kind: 'exact',
  read: (readings) => injectedFaults(readings, 'metadata') + injectedFaults(readings, 'area'),
};

export default metric;
