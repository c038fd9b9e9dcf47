import * as z from 'zod';
import { hashHex } from '../base/hash.ts';
import { UserError } from '../base/user-error.ts';
import { bareLoad, type Scenario } from '../scenario/scenario.ts';
import type { RunTrace } from './trace-run.ts';

// A baseline is a results folder and, beside its files:
//
//   baseline.json   what was asked, so that a check asks the same
//   trace.ndjson    the course of each run, a line each

export const BASELINE_SCHEMA_VERSION = 1;

const BASELINE_SCHEMA = z.strictObject({
  schemaVersion: z.literal(BASELINE_SCHEMA_VERSION),
  /** Scenarios as they were named, and the options laid over them. */
  scenarios: z.array(z.string()),
  options: z.record(z.string(), z.array(z.string())),
  thresholds: z.array(z.string()),
  /** Of each scenario's own text, resolved: another one is another experiment. */
  hashes: z.record(z.string(), z.string()),
});

export type BaselineRequest = z.output<typeof BASELINE_SCHEMA>;

const TRACE_SCHEMA = z.strictObject({
  scenario: z.string(),
  variant: z.string(),
  replication: z.int(),
  periodNs: z.number(),
  fingerprints: z.array(z.string()),
  metrics: z.record(z.string(), z.array(z.number().nullable())),
});

/**
 * What a scenario, and the copies of /proc that it names, say of its machine and load, not what
 * the model makes of it: a changed model is drift, a changed scenario is another experiment.
 * Which runs are made of it, and what is asked of them, may change; and so may what a later
 * version knows and this scenario says nothing of.
 */
export function scenarioHash(scenario: Scenario, copies: readonly string[]): string {
  const { variants, replications, seed, metrics, expect, question, ...rest } = scenario;
  // A snapshot is already read by the model's rules; the files themselves are not.
  const { snapshot, ...experiment } = rest;
  const written = [{ ...experiment, load: bareLoad(scenario) }, copies];
  return hashHex(JSON.stringify(written, (_, value) => (isNothing(value) ? undefined : value)));
}

function isNothing(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

export function requestText(request: BaselineRequest): string {
  return `${JSON.stringify(request, null, 2)}\n`;
}

/** What was asked; null where that is damaged, or of another version. */
export function parseRequest(text: string): BaselineRequest | null {
  return BASELINE_SCHEMA.safeParse(jsonOf(text)).data ?? null;
}

export function traceText(traces: readonly RunTrace[]): string {
  return traces.map((trace) => `${JSON.stringify(trace)}\n`).join('');
}

export function parseTraces(text: string, file: string): RunTrace[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const parsed = TRACE_SCHEMA.safeParse(jsonOf(line));
      if (parsed.success) return parsed.data;
      throw new UserError('not the course of a run', {
        at: { file },
        exitCode: 5,
        hint: 'gfpsim baseline update makes it again',
      });
    });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
