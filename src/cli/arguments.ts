import { UserError } from '../base/user-error.ts';
import type { Arguments } from './command.ts';

/** Typed reading of parsed options; a wrong kind is the user's mistake. */
export function textOf(args: Arguments, name: string): string | undefined {
  const value = args[name];
  if (value === undefined) return undefined;
  // yargs collects an option given twice into a list; here that is always a slip.
  if (Array.isArray(value)) throw new UserError(`--${name} is given ${value.length} times`);
  return String(value);
}

export function listOf(args: Arguments, name: string): string[] {
  const value = args[name];
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** Names separated by commas, in any number of options: -V a,b -V c. */
export function namesOf(args: Arguments, name: string): string[] {
  const names = listOf(args, name).flatMap((text) => text.split(','));
  const trimmed = names.map((text) => text.trim());
  if (trimmed.includes('')) throw new UserError(`--${name} has an empty name`);
  return trimmed;
}

export function flagOf(args: Arguments, name: string): boolean {
  return args[name] === true;
}

/** A whole number from `min` to `max`, or undefined when the option is not given. */
export function countOf(
  args: Arguments,
  name: string,
  min: number,
  max = Number.POSITIVE_INFINITY,
): number | undefined {
  const text = textOf(args, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UserError(`--${name} '${text.slice(0, 40)}' is not a count`, {
    expected: `a whole number from ${min}${max < Number.POSITIVE_INFINITY ? ` to ${max}` : ''}`,
  });
}

/** `key=value` options as pairs, in their order. */
export function pairsOf(args: Arguments, name: string, expected: string): [string, string][] {
  return listOf(args, name).map((text) => {
    const equals = text.indexOf('=');
    if (equals > 0) return [text.slice(0, equals).trim(), text.slice(equals + 1).trim()];
    throw new UserError(`--${name} '${text.slice(0, 40)}' has no '='`, { expected });
  });
}
