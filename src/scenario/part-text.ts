import { foldLine } from '../base/fold-line.ts';

/** A value of a scenario part: what both YAML and JSON have. */
export type PartValue = string | number | readonly number[] | PartMap;
export interface PartMap {
  readonly [key: string]: PartValue;
}

/** A piece of a scenario that somebody's file tells. */
export interface ScenarioPart {
  readonly part: PartMap;
  /** Sentences: what was taken, inferred, and could not be taken. */
  readonly notes: readonly string[];
}

const DEEPEST_BLOCK = 2;

/** The part as YAML, its notes above it as comments. */
export function partText({ part, notes }: ScenarioPart): string {
  const comments = notes.flatMap((note) => commentLines(note));
  return [...comments, ...blockLines(part, 0), ''].join('\n');
}

function commentLines(note: string): string[] {
  const lines = foldLine(`# - ${note}`, '#   '.length);
  return lines.map((line, index) => (index === 0 ? line : `#${line.slice(1)}`));
}

function blockLines(map: PartMap, depth: number): string[] {
  const indent = '  '.repeat(depth);
  return Object.entries(map).flatMap(([key, value]) => {
    if (isMap(value) && isBlock(value, depth)) {
      return [`${indent}${key}:`, ...blockLines(value, depth + 1)];
    }
    return [`${indent}${key}: ${flow(value)}`];
  });
}

/** Maps of maps stand one below the other, and so does what is near the margin. */
function isBlock(map: PartMap, depth: number): boolean {
  return Object.values(map).some(isMap) || depth < DEEPEST_BLOCK - 1;
}

function flow(value: PartValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return String(value);
  if (!isMap(value)) return `[${value.join(', ')}]`;
  const pairs = Object.entries(value).map(([key, below]) => `${key}: ${flow(below)}`);
  return `{ ${pairs.join(', ')} }`;
}

function isMap(value: PartValue): value is PartMap {
  return typeof value === 'object' && !Array.isArray(value);
}
