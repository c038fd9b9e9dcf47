import { UserError } from '../../base/user-error.ts';
import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import { compileMaskExpression } from '../mm/gfp.ts';
import type { KmemleakVariant } from './variant.ts';

/** What a command-line variant may say besides its mask. */
export interface MaskVariantOptions {
  /** Kernels for which the expression is checked at once; it is compiled for others when met. */
  readonly kernels?: readonly KernelProfile[];
  readonly reserve?: KmemleakVariant['reserve'];
  readonly injection?: KmemleakVariant['injection'];
}

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
  for (const kernel of options.kernels ?? []) maskFor(kernel);
  return {
    name: checkedId(id),
    summary: expression,
    source: { who: 'command line', date: 'none', ref: expression },
    attempts: (caller, _context, kernel) => [maskFor(kernel)(caller) >>> 0],
    injection: options.injection ?? 'subject',
    ...(options.reserve === undefined ? {} : { reserve: options.reserve }),
    onFailure: 'disable',
  };
}

/** The option `--mask id=EXPR`; `taken`: names that a new variant may not have. */
export function parseMaskOption(
  text: string,
  taken: readonly string[] = [],
): { id: string; expression: string } {
  const split = text.indexOf('=');
  if (split < 0) {
    throw new UserError(`--mask '${text}' has no name`, {
      expected: "id=EXPR, such as 'mine=(gfp & GFP_KERNEL) | __GFP_NOWARN'",
    });
  }
  const id = checkedId(text.slice(0, split).trim());
  const expression = text.slice(split + 1).trim();
  if (expression === '') throw new UserError(`--mask '${id}' has an empty expression`);
  if (taken.includes(id)) {
    throw new UserError(`--mask '${id}': there is a variant of that name`, {
      hint: 'choose another name',
    });
  }
  return { id, expression };
}

function checkedId(id: string): string {
  if (ID.test(id)) return id;
  throw new UserError(`'${id}' cannot name a variant`, {
    expected: 'up to 40 letters, digits, dots, dashes or underscores',
  });
}
