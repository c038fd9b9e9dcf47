import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { KmemleakVariant } from '../../model/kmemleak/variant.ts';
import { listOf, namesOf } from '../arguments.ts';
import type { Arguments } from '../command.ts';

/** The proposals that are asked for: by name, by file, by expression, or all. */
export async function askedVariants(
  args: Arguments,
  kernel: KernelProfile,
): Promise<KmemleakVariant[]> {
  const words = namesOf(args, 'variant');
  if (words.length === 0 && listOf(args, 'mask').length === 0) return [];
  const [{ loadVariants }, { checkOwnMasks, chosenVariants }, { writtenMasks }, expressions] =
    await Promise.all([
      import('../load-catalogs.ts'),
      import('./user-variants.ts'),
      import('./written-masks.ts'),
      import('../../model/kmemleak/mask-variant.ts'),
    ]);
  const all = await loadVariants();
  const everything = words.flatMap((word) => (word === 'all' ? all.names() : [word]));
  const chosen = await chosenVariants([...new Set(everything)], all);
  const { catalog, names } = chosen;
  checkOwnMasks(chosen, kernel);
  const own = writtenMasks(args).map(({ id, expression }) => {
    expressions.refuseTakenName(id, catalog.names());
    return expressions.maskVariant(id, expression, { kernels: [kernel] });
  });
  return [...names.map((name) => catalog.get(name)), ...own];
}
