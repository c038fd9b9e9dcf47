import { formatBytes, formatDuration, parseBytes, parseDuration } from '../base/units.ts';
import { UserError } from '../base/user-error.ts';
import { type Override, parseOverride } from './overrides.ts';

/** One combination of swept values: what it lays over a scenario, and the end of its name. */
export interface SweepPoint {
  readonly suffix: string;
  readonly overrides: readonly Override[];
}

const POINTS_MAX = 4096;
const EXPECTED = 'PATH=a,b,c or PATH=1GiB..8GiB step 1GiB';

/**
 * All combinations of swept parameters, the last one changing fastest:
 * `machine.memory=1GiB..4GiB step 1GiB` and `machine.cpus=1,2` give eight. None give one point,
 * the scenario as it is.
 */
export function sweepPoints(params: readonly string[]): SweepPoint[] {
  let points: SweepPoint[] = [{ suffix: '', overrides: [] }];
  const seen = new Set<string>();
  for (const param of params) {
    const { path, values } = parseParameter(param);
    if (seen.has(path)) throw sweepFault(param, `'${path}' is swept twice`);
    seen.add(path);
    if (points.length * values.length > POINTS_MAX) {
      throw sweepFault(param, 'the sweep has too many points', `at most ${POINTS_MAX}`);
    }
    points = points.flatMap(({ suffix, overrides }) =>
      values.map((value) => ({
        suffix: `${suffix}@${path}=${value}`,
        overrides: [...overrides, parseOverride(`${path}=${value}`)],
      })),
    );
  }
  return points;
}

function parseParameter(param: string): { path: string; values: string[] } {
  const equals = param.indexOf('=');
  const path = param.slice(0, Math.max(0, equals)).trim();
  const written = param.slice(equals + 1).trim();
  if (equals < 0 || path === '' || written === '') throw sweepFault(param, 'not a parameter');
  const values = written.includes('..') ? range(written, param) : splitOutside(written);
  if (values.includes('')) throw sweepFault(param, 'an empty value');
  const twice = values.find((value, i) => values.indexOf(value) !== i);
  if (twice !== undefined) throw sweepFault(param, `'${twice.slice(0, 40)}' stands twice`);
  return { path, values };
}

/** At commas that stand in no bracket: values may be lists. */
function splitOutside(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const char of text) {
    if ('[{'.includes(char)) depth++;
    if (']}'.includes(char)) depth--;
    if (char === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts.map((part) => part.trim());
}

interface Scale {
  parse(text: string): number;
  format(value: number): string;
}

const SCALES: readonly Scale[] = [
  { parse: plainNumber, format: String },
  { parse: parseBytes, format: formatBytes },
  { parse: parseDuration, format: formatDuration },
];

/** `FIRST..LAST step STEP`, both ends in it where the steps meet them. */
function range(text: string, param: string): string[] {
  const match = /^(.+?)\.\.(.+?)(?:\s+step\s+(.+))?$/.exec(text);
  if (match === null) throw sweepFault(param, 'not a range');
  const scale = SCALES.find(({ parse }) => isReadable(parse, match[1]!));
  if (scale === undefined) throw sweepFault(param, `'${match[1]!.slice(0, 40)}' is no quantity`);
  const [first, last, step] = [match[1]!, match[2]!, match[3] ?? '1'].map((part) => {
    if (isReadable(scale.parse, part)) return scale.parse(part.trim());
    throw sweepFault(param, `'${part.slice(0, 40)}' is of another kind than the start`);
  }) as [number, number, number];
  if (step <= 0 || last < first) throw sweepFault(param, 'the range goes nowhere');
  const count = Math.floor((last - first) / step + 1e-9) + 1;
  if (count > POINTS_MAX) throw sweepFault(param, 'too many values', `at most ${POINTS_MAX}`);
  return Array.from({ length: count }, (_, i) => scale.format(tidy(first + i * step)));
}

function isReadable(parse: Scale['parse'], text: string): boolean {
  try {
    return Number.isFinite(parse(text.trim()));
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

function plainNumber(text: string): number {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

/** 0.1 + 2 × 0.1 is 0.3 to whoever wrote the range. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function sweepFault(param: string, message: string, expected = EXPECTED): UserError {
  return new UserError(message, { at: { file: `--param ${param.slice(0, 80)}` }, expected });
}
