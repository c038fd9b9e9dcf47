import type { MetricDeclaration } from '../../src/experiment/compare.ts';
import type { RunResult } from '../../src/experiment/run-result.ts';
import { buildReport, type Report, type ReportMeta } from '../../src/report/report.ts';
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

export function emptyReport(): Report {
  return buildReport({ ...SAMPLE_META, replications: 0 }, [], SAMPLE_METRICS);
}
