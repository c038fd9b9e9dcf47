import { allFaults } from '../injected-faults.ts';
import type { Metric } from '../metric.ts';

/** Kernels that keep quiet for NOWARN print nothing for metadata, whose faults stay unseen. */
const metric: Metric = {
  name: 'injection_reports',
  summary: 'injected faults that print a report to the log',
  unit: 'count',
  better: 'neither',
  kind: 'exact',
  read: (readings) => allFaults(readings, 'reported'),
};

export default metric;
