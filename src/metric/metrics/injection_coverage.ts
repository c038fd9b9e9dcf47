import { type FaultRole, injectedFaults } from '../injected-faults.ts';
import type { Metric } from '../metric.ts';

const ROLES: readonly FaultRole[] = ['host', 'metadata', 'depot', 'other'];

/** A fault that hits the debugging tool tests nothing: the rest of the share is wasted. */
const metric: Metric = {
  name: 'injection_coverage',
  summary: 'share of all injected faults that hit callers',
  unit: 'ratio',
  better: 'higher',
  kind: 'exact',
  read(readings) {
    const all = ROLES.reduce((sum, role) => sum + injectedFaults(readings, role), 0);
    return all === 0 ? null : injectedFaults(readings, 'host') / all;
  },
};

export default metric;
