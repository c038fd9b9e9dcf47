import { UserError } from '../../base/user-error.ts';
import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import { compileMaskExpression } from '../mm/gfp.ts';
import { checkVariantMasks } from './check-variant.ts';
import type { KmemleakVariant } from './variant.ts';

/** What a command-line variant may say besides its mask. */
export interface MaskVariantOptions {
  /** Kernels for which the expression is checked at once; it is compiled for others when met. */
  readonly kernels?: readonly KernelProfile[];
  readonly reserve?: KmemleakVariant['reserve'];
  readonly injection?: KmemleakVariant['injection'];
}

const FORM = "id=EXPR, the id of up to 40 of A-Z a-z 0-9 . - _, such as 'mine=gfp | __GFP_NOWARN'";
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;

/**
 * A variant from an expression over the caller's `gfp`, such as
 * `(gfp & (GFP_KERNEL|GFP_ATOMIC)) | __GFP_NORETRY | __GFP_NOWARN`.
 * A failure disables kmemleak, as in mainline; NOFAIL in the mask spares it from faults as always.
 */
export function maskVariant(
  id: string,
  expression: string,
  options: MaskVariantOptions = {},
): KmemleakVariant {
  const compiled = new Map<string, (gfp: Gfp) => Gfp>();
  const maskFor = (kernel: KernelProfile): ((gfp: Gfp) => Gfp) => {
    const known = compiled.get(kernel.name);
    if (known !== undefined) return known;
    const mask = compileMaskExpression(expression, kernel);
    compiled.set(kernel.name, mask);
    return mask;
  };
  const variant: KmemleakVariant = {
    name: checkedId(id),
    summary: expression,
    source: { who: 'command line', date: 'none', ref: expression },
    attempts: (caller, _context, kernel) => [maskFor(kernel)(caller) >>> 0],
    injection: options.injection ?? 'subject',
    ...(options.reserve === undefined ? {} : { reserve: options.reserve }),
    onFailure: 'disable',
  };
  for (const kernel of options.kernels ?? []) {
    checkVariantMasks(variant, kernel, {
      asked: (caller) => `'${id}' for ${caller}`,
      expected: 'flags of that kernel, or a new one by --flag',
    });
  }
  return variant;
}

/** The option `--mask id=EXPR`. */
export function parseMaskOption(text: string): { id: string; expression: string } {
  const [, id = '', expression = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const parts = { id: id.trim(), expression: expression.trim() };
  if (ID.test(parts.id) && parts.expression !== '') return parts;
  throw new UserError(`--mask '${text.slice(0, 60)}' ${lackOf(text, parts.id)}`, {
    expected: FORM,
  });
}

/** `taken`: names that a new variant may not have. */
export function refuseTakenName(id: string, taken: readonly string[]): void {
  if (!taken.includes(id)) return;
  throw new UserError(`there is a variant '${id}' already`, { expected: 'a name of its own' });
}

function lackOf(text: string, id: string): string {
  if (!text.includes('=')) return "has no '='";
  if (id === '') return 'has no id';
  return ID.test(id) ? 'has no mask' : `has the id '${id.slice(0, 60)}', which cannot be one`;
}

function checkedId(id: string): string {
  if (ID.test(id)) return id;
  throw new UserError(`'${id}' cannot name a variant`, {
    expected: 'up to 40 letters, digits, dots, dashes or underscores',
  });
}
