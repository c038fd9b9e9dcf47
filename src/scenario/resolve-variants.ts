import type { Catalog } from '../base/catalog.ts';
import { type InputPosition, UserError } from '../base/user-error.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import { maskVariant, refuseTakenName } from '../model/kmemleak/mask-variant.ts';
import type { KmemleakVariant } from '../model/kmemleak/variant.ts';
import type { Catalogs } from './catalogs.ts';
import { locate } from './load-places.ts';
import type { Scenario } from './scenario.ts';
import type { DerivedSection } from './schema-claims.ts';

type PositionOf = (section: 'masks' | 'derived', name: string) => InputPosition;

/**
 * The proposals of the catalog, those that the scenario writes as expressions, and those that it
 * makes from others.
 */
export function scenarioVariants(
  scenario: Pick<Scenario, 'masks' | 'derived'>,
  catalogs: Catalogs,
  kernel: KernelProfile,
  at?: PositionOf,
): Catalog<KmemleakVariant> {
  const taken = catalogs.variants.names();
  const placed = (section: 'masks' | 'derived', name: string, make: () => KmemleakVariant) =>
    at === undefined ? make() : locate(at(section, name), make);
  const masks = Object.entries(scenario.masks).map(([name, expression]) =>
    placed('masks', name, () => {
      refuseTakenName(name, taken);
      return maskVariant(name, expression, { kernels: [kernel] });
    }),
  );
  const known = masks.length === 0 ? catalogs.variants : catalogs.variants.with(...masks);
  const derived = Object.entries(scenario.derived).map(([name, section]) =>
    placed('derived', name, () => derive(name, section, known)),
  );
  return derived.length === 0 ? known : known.with(...derived);
}

function derive(
  name: string,
  section: DerivedSection,
  known: Catalog<KmemleakVariant>,
): KmemleakVariant {
  if (known.has(name)) {
    throw new UserError(`there is a variant '${name}'`, { expected: 'a name of its own' });
  }
  const { reserve, ...base } = known.get(section.from);
  const { pool } = section;
  const onFailure = section['on-failure'] ?? base.onFailure;
  if (pool === undefined && onFailure === base.onFailure) {
    throw new UserError(`'${name}' is '${section.from}'`, { expected: 'pool or on-failure' });
  }
  const rest = { ...base, name, summary: `${section.from}, changed`, onFailure };
  if (pool === 0) return rest;
  if (pool === undefined) return reserve === undefined ? rest : { ...rest, reserve };
  return { ...rest, reserve: { refill: 'own-objects', ...reserve, entries: pool } };
}
