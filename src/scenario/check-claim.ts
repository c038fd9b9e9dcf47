import { suggestion } from '../base/suggest.ts';
import { type InputPosition, UserError } from '../base/user-error.ts';
import type { Catalogs } from './catalogs.ts';
import { locate, type Path } from './load-places.ts';
import type { ExpectSection } from './schema-claims.ts';

/** Checks that a claim says of whom, what, and how much; each in one way. */
export function checkClaim(
  demand: ExpectSection,
  variants: readonly string[],
  catalogs: Catalogs,
  at: (path: Path) => InputPosition,
): void {
  checkVariant(demand.variant, variants, at(['variant']));
  const other = demand['same-as'];
  if (other !== undefined) checkVariant(other, variants, at(['same-as']));
  const fault = faultOf(demand, catalogs, at);
  if (fault !== undefined) throw new UserError(fault[0], { at: at([]), expected: fault[1] });
}

function checkVariant(name: string, variants: readonly string[], at: InputPosition): void {
  if (variants.includes(name)) return;
  throw new UserError(`the scenario does not run the variant '${name}'`, {
    at,
    hint: suggestion(name, variants),
  });
}

/** What is wrong with it, and what would be right. */
function faultOf(
  demand: ExpectSection,
  catalogs: Catalogs,
  at: (path: Path) => InputPosition,
): [wrong: string, right: string] | undefined {
  const { metric, of = 'runs', min, max, theory } = demand;
  const limits = [min, max, theory].filter((limit) => limit !== undefined).length;
  if (demand['same-as'] !== undefined) {
    if (metric === undefined && limits === 0) return undefined;
    return ['this expectation demands two things', 'same-as alone, or a metric and its limits'];
  }
  if (metric === undefined) return ['this expectation has no metric', 'metric or same-as'];
  const { survival } = locate(at(['metric']), () => catalogs.metrics.get(metric));
  if (limits === 0 && of === 'runs') return ['this expectation demands nothing', 'min or max'];
  if (theory !== undefined && (limits > 1 || of === 'runs')) {
    return ['theory is for one estimate', 'of: mean, difference or survival, and no min or max'];
  }
  const isCurve = of === 'survival';
  if (isCurve === (demand.at !== undefined) && (!isCurve || survival !== undefined))
    return undefined;
  return ['of: survival needs a time to an event, and at', 'such as kmemleak_death_alloc, at: 100'];
}
