import type { KernelProfile } from '../kernel/kernel-profile.ts';
import type { KmemleakVariant } from '../model/kmemleak/variant.ts';
import { listOf, namesOf } from './arguments.ts';
import type { Arguments } from './command.ts';

/** The proposals that are asked for: by name, by file, by expression, or all. */
export async function askedVariants(
  args: Arguments,
  kernel: KernelProfile,
): Promise<KmemleakVariant[]> {
  const words = namesOf(args, 'variant');
  const masks = listOf(args, 'mask');
  if (words.length === 0 && masks.length === 0) return [];
  const [{ loadVariants }, { checkOwnMasks, chosenVariants }, { maskVariant, parseMaskOption }] =
    await Promise.all([
      import('./load-catalogs.ts'),
      import('./user-variants.ts'),
      import('../model/kmemleak/mask-variant.ts'),
    ]);
  const all = await loadVariants();
  const everything = words.flatMap((word) => (word === 'all' ? all.names() : [word]));
  const chosen = await chosenVariants([...new Set(everything)], all);
  const { catalog, names } = chosen;
  checkOwnMasks(chosen, kernel);
  const own = masks.map((text) => {
    const { id, expression } = parseMaskOption(text, catalog.names());
    return maskVariant(id, expression, { kernels: [kernel] });
  });
  return [...names.map((name) => catalog.get(name)), ...own];
}
