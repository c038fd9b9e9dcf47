import { allFaults, injectedFaults } from '../injected-faults.ts';
import type { Metric } from '../metric.ts';

/** A fault that hits the debugging tool tests nothing: the rest of the share is wasted. */
const metric: Metric = {
  name: 'injection_coverage',
  summary: 'share of all injected faults that hit callers',
  unit: 'ratio',
  better: 'higher',
  kind: 'exact',
  read(readings) {
    const all = allFaults(readings, 'injected');
    return all === 0 ? null : injectedFaults(readings, 'host') / all;
  },
};

export default metric;
