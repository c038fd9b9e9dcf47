import type * as z from 'zod';
import { suggestion } from '../base/suggest.ts';
import { type InputPosition, UserError } from '../base/user-error.ts';
import { formatPath, type Path, type Places } from './load-places.ts';
import { unmodelled } from './schema-unmodelled.ts';

type Issue = z.core.$ZodIssue;

/** What checked a value, and where the value stands. */
export interface IssueContext {
  readonly places: Places;
  readonly value: unknown;
  /** The schema that refused it: the source of the known keys. */
  readonly schema: z.core.JSONSchema.BaseSchema;
  /** Path of `value` in the scenario, before the issue's own path. */
  readonly under?: Path;
}

/**
 * The one message for a value that does not fit: the fault that stands first in the input, with
 * its place, and how many more there are.
 */
export function schemaFault(issues: readonly Issue[], context: IssueContext): UserError {
  const faults = issues.flatMap((issue) => faultsOf(issue, context));
  faults.sort((a, b) => order(a) - order(b));
  const first = faults[0] ?? { message: 'not a scenario' };
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  const hint = first.hint?.();
  return new UserError(`${first.message}${more}`, {
    ...(first.at === undefined ? {} : { at: first.at }),
    ...(hint === undefined ? {} : { hint }),
  });
}

interface Fault {
  readonly message: string;
  readonly at?: InputPosition | undefined;
  /** Dear to find, and told of one fault only. */
  readonly hint?: () => string | undefined;
  /** A key that is not there may be there misspelt: what is there is told first. */
  readonly missing?: boolean;
}

function faultsOf(issue: Issue, context: IssueContext, above: Path = []): Fault[] {
  const path = [...above, ...plainPath(issue.path)];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(key, path, context));
  }
  if (issue.code === 'invalid_key') return [invalidKey(path, context)];
  if (issue.code === 'invalid_union') {
    const branch = likelyBranch(issue.errors, valueAt(context.value, path));
    if (branch !== undefined) return branch.flatMap((inner) => faultsOf(inner, context, path));
  }
  return [plainFault(issue, context, path)];
}

function plainFault(issue: Issue, context: IssueContext, path: Path): Fault {
  const full = [...(context.under ?? []), ...path];
  const at = context.places.nearest(full);
  const value = valueAt(context.value, path);
  if (value === undefined) {
    const message = `${formatPath(full)} is missing`;
    return { message: `${message}${describeKey(path, context)}`, at, missing: true };
  }
  const what = issue.code === 'custom' ? issue.message : wrongValue(issue, value);
  return { message: `${formatPath(full)}: ${what}`, at };
}

/** Of a union's branches the one whose kind of value was written. */
function likelyBranch(
  branches: readonly (readonly Issue[])[],
  value: unknown,
): readonly Issue[] | undefined {
  if (value === undefined) return undefined;
  const fits = branches.filter((branch) => wantedBy(branch) === undefined);
  return fits.length === 1 ? fits[0] : undefined;
}

/** What a branch wants where the whole value is of another kind. */
function wantedBy(branch: readonly Issue[]): string | undefined {
  const whole = branch.find(({ path }) => path.length === 0);
  if (whole?.code === 'invalid_type') return expectedKind(whole.expected);
  return whole?.code === 'invalid_value' ? whole.values.map(String).join(' or ') : undefined;
}

function wantedByAny(branches: readonly (readonly Issue[])[]): string | undefined {
  const wanted = branches.map(wantedBy);
  return wanted.includes(undefined) ? undefined : [...new Set(wanted)].join(' or ');
}

function unknownKey(key: string, path: Path, context: IssueContext): Fault {
  const full = [...(context.under ?? []), ...path, key];
  const place = context.places.at(full);
  const at = place?.key ?? context.places.nearest(full);
  const thing = unmodelled(key);
  if (thing !== undefined) {
    return { message: `${formatPath(full)}: this build does not model ${thing}`, at };
  }
  const hint = () => hintAmong(key, knownKeys(schemaAt(context.schema, path)));
  return { message: `unknown key '${clip(key)}'`, at, hint };
}

function invalidKey(path: Path, context: IssueContext): Fault {
  const full = [...(context.under ?? []), ...path];
  const key = String(path[path.length - 1]);
  const place = context.places.at(full);
  const at = place?.key ?? context.places.nearest(full);
  const message = `${formatPath(full.slice(0, -1))}: unknown name '${clip(key)}'`;
  const hint = () => hintAmong(key, knownKeys(schemaAt(context.schema, path.slice(0, -1))));
  return { message, at, hint };
}

function hintAmong(key: string, known: readonly string[]): string | undefined {
  return known.length > 0 ? suggestion(key, known) : undefined;
}

function wrongValue(issue: Issue, value: unknown): string {
  const written = `'${clip(show(value))}'`;
  switch (issue.code) {
    case 'invalid_type':
      return `${written} is ${kindOf(value)}; expected ${expectedKind(issue.expected)}`;
    case 'too_small':
      return `${written} is too small; expected ${bound(issue, issue.minimum, 'at least')}`;
    case 'too_big':
      return `${written} is too large; expected ${bound(issue, issue.maximum, 'at most')}`;
    case 'invalid_value':
      return `${written}; expected ${issue.values.map(String).join(' or ')}`;
    default:
      return `${written}${ending(issue)}`;
  }
}

/** By the schema's own words where it has some. */
function ending(issue: Issue): string {
  if (issue.message.startsWith('expected')) return `; ${issue.message}`;
  const wanted = issue.code === 'invalid_union' ? wantedByAny(issue.errors) : undefined;
  return wanted === undefined ? ' does not fit' : `; expected ${wanted}`;
}

function bound(
  issue: { readonly origin: string },
  limit: number | bigint,
  relation: string,
): string {
  const unit =
    issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : '';
  return `${relation} ${limit}${unit}`;
}

function expectedKind(expected: string): string {
  const kinds: Readonly<Record<string, string>> = {
    int: 'a whole number',
    number: 'a number',
    string: 'text',
    boolean: 'Y or N',
    object: 'keys and values',
    record: 'keys and values',
    array: 'a list',
  };
  return kinds[expected] ?? expected;
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return 'text';
  return Number.isInteger(value) ? 'a number' : 'not a whole number';
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}

function clip(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/g, '?');
  return plain.length <= 40 ? plain : `${plain.slice(0, 37)}...`;
}

function plainPath(path: readonly PropertyKey[]): Path {
  return path.map((part) => (typeof part === 'symbol' ? part.toString() : part));
}

function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const part of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = Object.entries(here).find(([key]) => key === String(part))?.[1];
  }
  return here;
}

function order({ at, missing }: Fault): number {
  const place = (at?.line ?? 0) * 1e6 + (at?.column ?? 0);
  return missing === true ? 1e15 + place : place;
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The part of a JSON schema that describes a path. */
export function schemaAt(root: JsonSchema, path: Path): JsonSchema | undefined {
  let here: JsonSchema | undefined = root;
  for (const part of path) {
    if (here === undefined) return undefined;
    here = childSchema(here, String(part));
  }
  return here;
}

function childSchema(schema: JsonSchema, key: string): JsonSchema | undefined {
  const candidates = [schema, ...(schema.anyOf ?? [])].filter((one) => typeof one === 'object');
  for (const candidate of candidates) {
    const property = candidate.properties?.[key];
    if (typeof property === 'object') return property;
    if (typeof candidate.additionalProperties === 'object') return candidate.additionalProperties;
    if (typeof candidate.items === 'object' && !Array.isArray(candidate.items)) {
      return candidate.items as JsonSchema;
    }
  }
  return undefined;
}

/** Keys of a map, or the names that a table may have as keys. */
function knownKeys(schema: JsonSchema | undefined): string[] {
  const branches = [schema, ...(schema?.anyOf ?? [])];
  return branches.flatMap((branch) => {
    if (typeof branch !== 'object') return [];
    const names = typeof branch.propertyNames === 'object' ? branch.propertyNames.enum : undefined;
    return [...Object.keys(branch.properties ?? {}), ...(names ?? []).map(String)];
  });
}

function describeKey(path: Path, context: IssueContext): string {
  const description = schemaAt(context.schema, path)?.description;
  return typeof description === 'string' ? ` (${description})` : '';
}
