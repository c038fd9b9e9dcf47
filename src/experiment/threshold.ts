import { suggestion } from '../base/suggest.ts';
import { parseBytes, parseDuration } from '../base/units.ts';
import { UserError } from '../base/user-error.ts';
import type { MetricDeclaration } from './compare.ts';

// host_failures:+5%            no more than 5 % worse than the baseline
// free_min_pages:-10           no more than 10 below it
// host_attempts:~2%            the same within 2 %, to either side
// stall_ns_p99.p99<500us       99 % of all runs, whatever the baseline
// kmemleak_alive@pool-5.4>=1   one variant only

export interface Threshold {
  /** As the user wrote it. */
  readonly text: string;
  readonly metric: MetricDeclaration;
  /** Of this variant only; absent: of each. */
  readonly variant?: string;
  readonly limit: ChangeLimit | AbsoluteLimit;
}

/** How far a variant may be from the baseline. */
export interface ChangeLimit {
  readonly kind: 'change';
  /** The side that is bad. */
  readonly direction: 'up' | 'down' | 'either';
  readonly amount: number;
  readonly relative: boolean;
}

/** A limit of a number over the runs. */
export interface AbsoluteLimit {
  readonly kind: 'absolute';
  readonly statistic: Statistic;
  readonly operator: '<' | '<=' | '>' | '>=';
  readonly value: number;
}

export type Statistic = 'mean' | 'min' | 'max' | { readonly quantile: number };

const EXPECTED = 'METRIC:+5%, METRIC:-3, METRIC.p99<500 or METRIC@VARIANT>=1';

/** Reads a threshold; a metric that does not exist never passes in silence. */
export function parseThreshold(text: string, metrics: readonly MetricDeclaration[]): Threshold {
  const match = /^([\w.]+)(?:@([^:<>]+))?\s*(:|<=?|>=?)\s*(\S.*)$/.exec(text.trim());
  if (match === null) throw fault(text, 'not a threshold', EXPECTED);
  const [, name = '', variant, operator = '', written = ''] = match;
  const own = variant === undefined ? {} : { variant: variant.trim() };
  if (operator === ':') {
    const metric = metricOf(name, text, metrics);
    return { text, metric, ...own, limit: changeLimit(written, metric, text) };
  }
  const [base = '', suffix] = splitStatistic(name, metrics);
  const metric = metricOf(base, text, metrics);
  const limit = {
    kind: 'absolute' as const,
    statistic: statisticOf(suffix ?? 'mean', text),
    operator: operator as AbsoluteLimit['operator'],
    value: quantity(written, metric, text),
  };
  return { text, metric, ...own, limit };
}

/** A variant that is not in the runs would be a gate that nothing fails. */
export function refuseStrangers(
  thresholds: readonly Threshold[],
  variants: readonly string[],
): void {
  for (const { text, variant } of thresholds) {
    if (variant === undefined || variants.includes(variant)) continue;
    throw new UserError(`no variant '${variant.slice(0, 40)}' in these runs`, {
      at: { file: `--threshold ${text.slice(0, 80)}` },
      hint: suggestion(variant, variants),
    });
  }
}

function splitStatistic(name: string, metrics: readonly MetricDeclaration[]) {
  if (metrics.some((metric) => metric.name === name)) return [name];
  const dot = name.lastIndexOf('.');
  return dot < 0 ? [name] : [name.slice(0, dot), name.slice(dot + 1)];
}

function metricOf(
  name: string,
  text: string,
  metrics: readonly MetricDeclaration[],
): MetricDeclaration {
  const metric = metrics.find((each) => each.name === name);
  if (metric !== undefined) return metric;
  const names = metrics.map((each) => each.name);
  throw new UserError(`no metric '${name.slice(0, 40)}'`, {
    at: { file: `--threshold ${text.slice(0, 80)}` },
    hint: suggestion(name, names),
  });
}

function statisticOf(name: string, text: string): Statistic {
  if (name === 'mean' || name === 'min' || name === 'max') return name;
  if (name === 'median') return { quantile: 0.5 };
  const percent = /^p(\d{1,2}(?:\.\d+)?)$/.exec(name)?.[1];
  if (percent !== undefined) return { quantile: Number(percent) / 100 };
  throw fault(text, `no statistic '${name.slice(0, 40)}'`, 'mean, min, median, max or p99');
}

/** A sign says which side is bad; without one it is the metric's own. */
function changeLimit(written: string, metric: MetricDeclaration, text: string): ChangeLimit {
  const match = /^([+~-]?)(.+?)(%?)$/.exec(written);
  const [, sign = '', size = '', percent = ''] = match ?? [];
  const direction = directionOf(sign, metric);
  if (direction === undefined) {
    throw fault(text, `${metric.name} has no better direction`, 'a sign: :+5%, :-5% or :~5%');
  }
  const relative = percent === '%';
  if (relative && metric.unit === 'flag') {
    throw fault(text, 'a share has no percentage of itself', 'a share, such as :-0.05');
  }
  const amount = relative ? number(size, text) / 100 : quantity(size, metric, text);
  return { kind: 'change', direction, amount, relative };
}

function directionOf(
  sign: string,
  { better }: MetricDeclaration,
): ChangeLimit['direction'] | undefined {
  if (sign === '~') return 'either';
  if (sign !== '') return sign === '+' ? 'up' : 'down';
  if (better === 'neither') return undefined;
  return better === 'lower' ? 'up' : 'down';
}

function quantity(written: string, { unit }: MetricDeclaration, text: string): number {
  const plain = written.trim();
  if (/^-?\d+(\.\d+)?(e\d+)?$/i.test(plain)) return Number(plain);
  if (unit === 'ns') return parseDuration(plain);
  if (unit === 'bytes') return parseBytes(plain);
  return number(plain, text);
}

function number(written: string, text: string): number {
  if (/^\d+(\.\d+)?(e\d+)?$/i.test(written)) return Number(written);
  throw fault(text, `'${written.slice(0, 40)}' is not a number`, EXPECTED);
}

function fault(text: string, message: string, expected: string): UserError {
  return new UserError(message, { at: { file: `--threshold ${text.slice(0, 80)}` }, expected });
}
