import type { MetricDeclaration } from '../../src/experiment/compare.ts';
import type { RunResult } from '../../src/experiment/run-result.ts';
import { buildReport } from '../../src/report/build-report.ts';
import type { Report, ReportGate, ReportMeta } from '../../src/report/report.ts';
import { ALIVE, alive, DEATH, FAILURES, run } from '../experiment/sample-runs.ts';

const STALL: MetricDeclaration = {
  name: 'stall_ns_p99',
  summary: '99 % of blocked callers waited no longer',
  unit: 'ns',
  better: 'lower',
  kind: 'sampled',
};

const BYTES: MetricDeclaration = {
  name: 'metadata_bytes_max',
  summary: 'most bytes of live metadata objects at any moment',
  unit: 'bytes',
  better: 'lower',
  kind: 'exact',
};

const ATTEMPTS: MetricDeclaration = {
  name: 'host_attempts',
  summary: 'requests of the tracked callers themselves',
  unit: 'count',
  better: 'neither',
  kind: 'exact',
};

export const SAMPLE_METRICS = [ALIVE, BYTES, ATTEMPTS, DEATH, FAILURES, STALL];

export const SAMPLE_META: ReportMeta = {
  name: 'injection',
  question: 'How long does kmemleak live once failslab injects faults into a mixed load?',
  kernel: '4.17',
  baseline: 'quiet-2011',
  replications: 8,
  seed: '1',
  load: 'churn: 20000 attempts of 32 … 4096 bytes, GFP_KERNEL, GFP_ATOMIC and GFP_NOWAIT',
  warnings: [],
  bounds: ['untracked'],
};

/** Deaths early, one late survivor; nofail lives and stalls; its twin ties; the loop hangs. */
export function sampleRuns(): RunResult[] {
  return Array.from({ length: 8 }, (_, i) => i).flatMap((replication) => {
    const failures = 970 + ((replication * 37) % 23);
    const death = 9 + ((replication * 5) % 11);
    const make = (variant: string, alive: number, died: number | null, end = 'finished') =>
      run({
        variant,
        replication,
        end,
        fingerprint: `${variant}-${replication}`,
        metrics: {
          host_attempts: 20000,
          kmemleak_alive: alive,
          kmemleak_death_alloc: died === null ? aliveAt(end) : died,
          host_failures: variant === 'untracked' ? failures - 2 : failures,
          metadata_bytes_max: died === null ? 4_980_000 + 304 * failures : 304 * death,
          stall_ns_p99: died === null ? 180_000 + 900 * failures : null,
        },
      });
    return [
      make('rfc-strict', replication === 3 ? 1 : 0, replication === 3 ? null : death * 7),
      make('quiet-2011', 0, death),
      make('rfc-nowait', 0, death),
      make('nofail-4.15', 1, null),
      make('knob-task', 1, null),
      make('loops', 1, null, 'livelock'),
      make('untracked', 1, null),
    ];
  });
}

function aliveAt(end: string) {
  return alive(end === 'livelock' ? 512 : 20000);
}

export function sampleReport(meta: Partial<ReportMeta> = {}): Report {
  return buildReport({ ...SAMPLE_META, ...meta }, sampleRuns(), SAMPLE_METRICS);
}

/** One gate of each kind, and of each verdict. */
export const SAMPLE_GATES: readonly ReportGate[] = [
  {
    ...{ variant: 'rfc-strict', metric: 'fingerprint', unit: 'index' },
    ...{ threshold: 'the events of the baseline', verdict: 'failed', estimate: null, before: null },
    note: '1 of 8 runs have other events; run 3: first moved between 1 ms and 2 ms',
  },
  {
    ...{ variant: 'nofail-4.15', metric: 'host_failures', unit: 'count' },
    ...{ threshold: 'host_failures:+5%', verdict: 'failed', before: 978.8, p: 0.0004 },
    estimate: { value: 90, low: 61.5, high: 118.5, n: 8 },
  },
  {
    ...{ variant: 'loops', metric: 'kmemleak_alive', unit: 'flag' },
    ...{ threshold: 'kmemleak_alive:0', verdict: 'unclear', before: 1, p: 0.6 },
    estimate: { value: -0.125, low: -0.47, high: 0.22, n: 8 },
  },
  {
    ...{ variant: 'knob-task', metric: 'stall_ns_p99', unit: 'ns' },
    ...{ threshold: 'stall_ns_p99.p99<500us', verdict: 'passed', before: null },
    estimate: { value: 420_000, low: 400_000, high: Number.POSITIVE_INFINITY, n: 8 },
  },
  {
    ...{ variant: 'quiet-2011', metric: 'stall_ns_p99', unit: 'ns' },
    ...{ threshold: 'stall_ns_p99:0', verdict: 'no data', estimate: null, before: null },
  },
  {
    ...{ variant: 'rfc-nowait', metric: 'host_failures', unit: 'count' },
    ...{ threshold: 'host_failures:~2%', verdict: 'within', before: 978.8 },
    estimate: { value: 0, low: 0, high: 0, n: 8, exact: true },
  },
];

/** What a check reports: gates, and no table of variants. */
export function gatesReport(): Report {
  const [metrics, rows, ties, warnings] = [[], [], [], []];
  return { ...sampleReport(), metrics, rows, ties, warnings, gates: SAMPLE_GATES };
}

export function emptyReport(): Report {
  return buildReport({ ...SAMPLE_META, replications: 0 }, [], SAMPLE_METRICS);
}
