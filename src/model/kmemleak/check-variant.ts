import { suggestion } from '../../base/suggest.ts';
import { UserError } from '../../base/user-error.ts';
import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import { hex, unknownBits } from '../mm/gfp.ts';
import { TRIES } from './mask-table.ts';
import type { AllocContext, KmemleakVariant, ReserveSpec } from './variant.ts';

/*
 * A variant that somebody else wrote, before it is run: is it what KmemleakVariant says, and does
 * it keep to what the runs rely on? Types are gone by then, so everything is looked at.
 *
 * Models: nothing of the kernel's. Departs: a mask is tried for the callers below; for others it
 * is taken on trust.
 */

// Records over the types' own words: a word that is added there must be added here.
const KEYS: Record<keyof KmemleakVariant, 'needed' | 'optional'> = {
  name: 'needed',
  summary: 'needed',
  source: 'needed',
  attempts: 'needed',
  injection: 'needed',
  onFailure: 'needed',
  newFlag: 'optional',
  reserve: 'optional',
  areaReserve: 'optional',
  refillFlags: 'optional',
  embedded: 'optional',
  objection: 'optional',
  aliases: 'optional',
  bound: 'optional',
};
const INJECTIONS: Record<KmemleakVariant['injection'], true> = {
  subject: true,
  'gfp-flag': true,
  'task-scope': true,
  'own-scope': true,
  'global-scope': true,
  'cache-flag': true,
};
const FAILURES: Record<KmemleakVariant['onFailure'], true> = {
  disable: true,
  'leave-untracked': true,
  'fail-caller': true,
  wait: true,
};
const RESERVE_KEYS: Record<keyof ReserveSpec, true> = {
  entries: true,
  refill: true,
  filledBy: true,
  periodNs: true,
  filledAtScan: true,
  filledBySleepers: true,
  afterEachTry: true,
};
const REFILLS: Record<ReserveSpec['refill'], true> = {
  'own-objects': true,
  'any-free': true,
  'no-free': true,
};
const FILLERS: Record<NonNullable<ReserveSpec['filledBy']>, true> = { slab: true, thread: true };
/** The parts that must be functions where they are given. */
const FUNCTIONS = ['attempts', 'newFlag', 'refillFlags'] as const;

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
const MOST_ENTRIES = 2 ** 22;
/** Callers for which the masks are tried, by the names of their flags. */
const CALLERS = ['GFP_KERNEL', 'GFP_ATOMIC', 'GFP_NOWAIT', 'GFP_NOFS', 'GFP_NOIO'];
const CONTEXTS: readonly AllocContext[] = [true, false].flatMap((atomic) =>
  [true, false].map((faultInjection) => ({ atomic, faultInjection })),
);

type Fields = Readonly<Record<string, unknown>>;

/** The value as a variant, or a UserError that says which part of it is wrong. */
export function checkVariant(value: unknown): KmemleakVariant {
  const fields = fieldsOf(value, 'the default export');
  for (const key of Object.keys(fields)) knownWord(KEYS, key, 'key');
  for (const [key, need] of Object.entries(KEYS)) {
    if (need === 'optional' || fields[key] !== undefined) continue;
    throw new UserError(`the variant has no '${key}'`, { expected: 'all of KmemleakVariant' });
  }
  checkWords(fields);
  for (const key of ['reserve', 'areaReserve']) {
    if (fields[key] !== undefined) checkReserve(fieldsOf(fields[key], key), key);
  }
  if (!hasFunctions(fields)) {
    throw new UserError(`one of ${FUNCTIONS.join(', ')} is no function`, {
      expected: 'functions, as KmemleakVariant has them',
    });
  }
  return plain(fields);
}

/** Whatever it was made of, what goes on is an object of its own. */
function plain(given: KmemleakVariant): KmemleakVariant {
  const { name, summary, source, injection, onFailure, reserve, areaReserve } = given;
  return {
    ...{ name, summary, source, injection, onFailure },
    attempts: (caller, context, kernel) => given.attempts(caller, context, kernel),
    ...(given.newFlag === undefined ? {} : { newFlag: given.newFlag.bind(given) }),
    ...(reserve === undefined ? {} : { reserve }),
    ...(areaReserve === undefined ? {} : { areaReserve }),
    ...(given.refillFlags === undefined ? {} : { refillFlags: given.refillFlags.bind(given) }),
    ...(given.embedded === true ? { embedded: true } : {}),
  };
}

function checkWords(fields: Fields): void {
  if (!ID.test(textOf(fields, 'name'))) {
    throw new UserError(`'${textOf(fields, 'name').slice(0, 60)}' cannot name a variant`, {
      expected: 'up to 40 letters, digits, dots, dashes or underscores',
    });
  }
  textOf(fields, 'summary');
  const source = fieldsOf(fields['source'], 'source');
  for (const part of ['who', 'date', 'ref']) textOf(source, part);
  knownWord(INJECTIONS, textOf(fields, 'injection'), 'injection');
  knownWord(FAILURES, textOf(fields, 'onFailure'), 'onFailure');
  if (fields['bound'] !== undefined) {
    throw new UserError("'bound' is for the two built-in bounds", { expected: 'no such key' });
  }
}

function checkReserve(reserve: Fields, what: string): void {
  for (const key of Object.keys(reserve)) knownWord(RESERVE_KEYS, key, `key of ${what}`);
  knownWord(REFILLS, textOf(reserve, 'refill'), `${what}.refill`);
  const { filledBy, periodNs } = reserve;
  if (filledBy !== undefined) knownWord(FILLERS, textOf(reserve, 'filledBy'), `${what}.filledBy`);
  if (periodNs !== undefined || filledBy === 'thread') checkCount(periodNs, `${what}.periodNs`);
  checkSize(reserve['entries'], `${what}.entries`);
}

/** A count, the kernel's own, so many a CPU, or what fits into so many bytes. */
function checkSize(entries: unknown, what: string): void {
  if (entries === 'kernel') return;
  if (typeof entries !== 'object' || entries === null) {
    checkCount(entries, what, MOST_ENTRIES);
    return;
  }
  const [[unit, count] = ['', 0], second] = Object.entries(entries);
  const isUnit = unit === 'perCpu' || unit === 'bytes' || unit === 'perObjects';
  if (!isUnit || second !== undefined) {
    throw new UserError(`${what} is ${shown(entries)}`, {
      expected: "a whole number, 'kernel', { perCpu: n } or { bytes: n }",
    });
  }
  checkCount(count, `${what}.${unit}`);
}

function checkCount(value: unknown, what: string, most = 2 ** 40): void {
  const isCount = typeof value === 'number' && Number.isInteger(value);
  if (isCount && value > 0 && value <= most) return;
  throw new UserError(`${what} is ${shown(value)}`, {
    expected: `a whole number from 1 to ${most}`,
  });
}

/** How a variant's masks are spoken of: by what its author has written. */
export interface MaskWords {
  /** What gives the mask for this caller. */
  asked(caller: string): string;
  readonly expected: string;
}

const WRITTEN_AS_FUNCTION: MaskWords = {
  asked: (caller) => `attempts(${caller})`,
  expected: 'bits of kernel.gfp.bits, or of a new flag of its own',
};

/** Throws a UserError where the masks are none of this kernel's, or not twice the same. */
export function checkVariantMasks(
  variant: KmemleakVariant,
  kernel: KernelProfile,
  words: MaskWords = WRITTEN_AS_FUNCTION,
): void {
  const flag = variant.newFlag?.(kernel).value ?? kernel.newFlag?.value ?? 0;
  for (const name of CALLERS) {
    const caller = kernel.gfp.composites[name] ?? 0;
    for (const context of CONTEXTS) {
      const asked = `${words.asked(name)} in ${kernel.name}`;
      const masks = masksOf(variant, caller, { context, kernel, asked });
      const again = masksOf(variant, caller, { context, kernel, asked });
      if (masks.join() !== again.join()) {
        throw new UserError(`${asked} gives ${shown(masks)}, then ${shown(again)}`, {
          expected: 'the same masks for the same caller',
        });
      }
      const strange = masks.find((mask) => (unknownBits(mask, kernel) & ~flag) >>> 0 !== 0);
      if (strange === undefined) continue;
      const bits = hex((unknownBits(strange, kernel) & ~flag) >>> 0);
      throw new UserError(`${asked} has bits ${bits} that mean nothing there`, {
        expected: words.expected,
      });
    }
  }
}

function masksOf(
  variant: KmemleakVariant,
  caller: Gfp,
  setting: { context: AllocContext; kernel: KernelProfile; asked: string },
): readonly Gfp[] {
  const { context, kernel, asked } = setting;
  let masks: unknown;
  try {
    masks = variant.attempts(caller, context, kernel);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new UserError(`${asked} throws: ${said.slice(0, 200)}`);
  }
  const expected = `a list of up to ${TRIES} masks, unsigned 32-bit numbers (mask >>> 0)`;
  if (!Array.isArray(masks) || masks.length > TRIES) {
    throw new UserError(`${asked} gives ${shown(masks)}`, { expected });
  }
  const wrong = masks.find((mask) => !Number.isInteger(mask) || mask !== mask >>> 0);
  if (wrong !== undefined) throw new UserError(`${asked} gives ${shown(wrong)}`, { expected });
  return masks;
}

function hasFunctions(variant: Fields): variant is Fields & KmemleakVariant {
  return FUNCTIONS.every((key) => ['function', 'undefined'].includes(typeof variant[key]));
}

function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Fields;
  }
  throw new UserError(`${what} is ${shown(value)}`, { expected: 'an object' });
}

function textOf(fields: Fields, key: string): string {
  const value = fields[key];
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new UserError(`'${key}' is ${shown(value)}`, { expected: 'a text' });
}

function knownWord(known: Readonly<Record<string, unknown>>, word: string, what: string): void {
  if (Object.hasOwn(known, word)) return;
  throw new UserError(`unknown ${what} '${word.slice(0, 60)}'`, {
    hint: suggestion(word, Object.keys(known)),
  });
}

function shown(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'function') return 'a function';
  return (JSON.stringify(value) ?? 'nothing').slice(0, 60);
}
