import { listOf } from '../arguments.ts';
import type { Arguments } from '../command.ts';

/** Options that decide which runs there are, and what they are made of. */
const DECIDING = ['set', 'seed', 'reps', 'variant', 'mask', 'flag', 'param'];

export type GivenOptions = Readonly<Record<string, readonly string[]>>;

/** As they were written, to be laid down beside the results. */
export function givenOptions(args: Arguments): Record<string, string[]> {
  const given: Record<string, string[]> = {};
  for (const name of DECIDING) {
    const values = listOf(args, name);
    if (values.length > 0) given[name] = values;
  }
  return given;
}

/** The arguments of a command that asks for the same runs; what is given now goes before. */
export function withGiven(options: GivenOptions, args: Arguments): Arguments {
  const kept = Object.entries(options).map(([name, values]) => {
    return [name, values.length === 1 ? values[0] : values];
  });
  const given = Object.entries(args).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(kept), ...Object.fromEntries(given) };
}
