import * as z from 'zod';
import { parseBytes, parseDuration } from '../base/units.ts';
import { UserError } from '../base/user-error.ts';
import type { Gfp, KernelProfile } from '../kernel/kernel-profile.ts';
import { parseGfp } from '../model/mm/gfp.ts';
import type { GfpClass } from '../model/operation.ts';

/*
 * The kinds of parameter that loads have in common, with the words under which a scenario gives
 * them. A schema carries its description and unit as metadata, for `explain` and editors.
 */

/** Largest request: the largest page order, 4 MiB. */
export const LARGEST_BYTES = 4 * 1024 * 1024;

/** Bytes of one object. */
export function objectSizeField() {
  return z.int().min(1).max(LARGEST_BYTES);
}

/** A gfp mask as text or number; its names are the kernel's, so it is read when a run starts. */
export function gfpField() {
  return z.union([z.string().min(1).max(200), z.int().min(0).max(0xffffffff)]);
}

/** Y/N, on/off, true/false, as YAML and the kernel write them. */
export function switchField() {
  return z
    .union([z.boolean(), z.enum(['on', 'off', 'yes', 'no', 'Y', 'N'])])
    .transform((value) => value === true || value === 'on' || value === 'yes' || value === 'Y');
}

/** A count of requests, or no limit. */
export function attemptsField() {
  return z
    .union([z.int().min(1), z.literal('unlimited')])
    .transform((value) => (value === 'unlimited' ? Number.POSITIVE_INFINITY : value));
}

/** A time with its unit; whole nanoseconds inside. */
export function timeField() {
  return quantity(parseDuration);
}

/** An amount of memory with its unit, or no limit; bytes inside. */
export function memoryField() {
  return quantity((written) => {
    const bytes = written === 'unlimited' ? Number.POSITIVE_INFINITY : parseBytes(written);
    if (bytes < 1) throw new UserError('no memory at all', { expected: 'at least one byte' });
    return bytes;
  });
}

/** Turns a parser that throws the user's mistakes into a field that reports them. */
function quantity(parse: (written: string | number) => number) {
  return z.union([z.string(), z.number()]).transform((written, context) => {
    try {
      return parse(written);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });
}

/** The class of callers behind a mask, under the name that the scenario gives it. */
export function gfpClassOf(
  written: string | number,
  nowarn: boolean,
  kernel: KernelProfile,
): GfpClass {
  const gfp: Gfp = parseGfp(String(written), kernel);
  return { name: String(written), gfp: (nowarn ? gfp | kernel.gfp.bits.NOWARN : gfp) >>> 0 };
}
