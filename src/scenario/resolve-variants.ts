import type { Catalog } from '../base/catalog.ts';
import type { InputPosition } from '../base/user-error.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import { maskVariant, parseMaskOption } from '../model/kmemleak/mask-variant.ts';
import type { KmemleakVariant } from '../model/kmemleak/variant.ts';
import type { Catalogs } from './catalogs.ts';
import { locate } from './load-places.ts';
import type { Scenario } from './scenario.ts';

/** The proposals of the catalog and those that the scenario writes as expressions. */
export function scenarioVariants(
  scenario: Pick<Scenario, 'masks'>,
  catalogs: Catalogs,
  kernel: KernelProfile,
  at?: (mask: string) => InputPosition,
): Catalog<KmemleakVariant> {
  const taken = catalogs.variants.names();
  const masks = Object.entries(scenario.masks).map(([name, expression]) => {
    const make = () => {
      const option = parseMaskOption(`${name}=${expression}`, taken);
      return maskVariant(option.id, option.expression, { kernels: [kernel] });
    };
    return at === undefined ? make() : locate(at(name), make);
  });
  return masks.length === 0 ? catalogs.variants : catalogs.variants.with(...masks);
}
