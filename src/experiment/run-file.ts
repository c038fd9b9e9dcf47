import { hashedLines, textOfHashed } from './hashed-lines.ts';
import type { MetricValue, RunResult, RunSpec } from './run-result.ts';

// One run as it lies on disk, two lines:
//
//   gfpsim-run 1 HASH     of the next line
//   {id, events, …}       JSON; a metric is its value, or [how far it was watched] without one
//
// The id says what was run. Under which name is the plan's to say: variants that run alike share
// one file, whichever of them came first.
//
// What was cut short, or touched, has another hash.

const MAGIC = 'gfpsim-run 1';

interface Body extends Omit<RunResult, 'spec' | 'metrics' | 'series'> {
  readonly id: string;
  readonly metrics: Readonly<Record<string, number | null | [number]>>;
  readonly series?: { names: string[]; rows: number; values: number[] };
}

export function encodeRun(id: string, result: RunResult): string {
  const { events, simulatedNs, fingerprint, end, metrics, series } = result;
  const body = {
    ...{ id, events, simulatedNs, fingerprint, end },
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([name, { value, censoredAt }]) => [
        name,
        censoredAt === undefined ? value : [censoredAt],
      ]),
    ),
    ...(series === undefined ? {} : { series: { ...series, values: [...series.values] } }),
  };
  return hashedLines(MAGIC, JSON.stringify(body));
}

/** Is the text, whatever run it holds, the one that was written? */
export function isWholeRun(text: string): boolean {
  return textOfHashed(MAGIC, text) !== null;
}

/** The run, under the name it has in this plan; null where the text is not what was written. */
export function decodeRun(text: string, id: string, spec: RunSpec): RunResult | null {
  const json = textOfHashed(MAGIC, text);
  if (json === null) return null;
  const body = JSON.parse(json) as Body;
  if (body.id !== id) return null;
  const metrics: Record<string, MetricValue> = {};
  for (const [name, value] of Object.entries(body.metrics)) {
    metrics[name] = Array.isArray(value) ? { value: null, censoredAt: value[0] } : { value };
  }
  const { events, simulatedNs, fingerprint, end, series } = body;
  const result = { spec, metrics, events, simulatedNs, fingerprint, end };
  if (series === undefined) return result;
  return { ...result, series: { ...series, values: Float64Array.from(series.values) } };
}
