import type { Metric } from './metric.ts';

/**
 * A kernel counter under its vmstat name. Null where the machine does not count it: a zone that
 * the machine does not have is not the same as a zone in which nothing happened.
 */
export function vmstatCounter(name: string, summary: string, better: Metric['better']): Metric {
  return {
    name,
    summary,
    unit: /^(pg(alloc|scan|steal)|pswp)/.test(name) ? 'pages' : 'count',
    better,
    kind: 'exact',
    read: (readings) => readings.vmstat[name] ?? null,
  };
}
