import type { WrittenFlag } from '../model/mm/new-gfp-flag.ts';
import type { Catalogs } from '../scenario/catalogs.ts';
import { type LoadedScenario, loadScenario } from '../scenario/load.ts';
import { type Override, parseOverride } from '../scenario/overrides.ts';
import { kernelOf } from '../scenario/resolve-kernel.ts';
import { countOf, listOf, namesOf, textOf } from './arguments.ts';
import type { Arguments } from './command.ts';
import { loadCatalogs } from './load-catalogs.ts';
import { newFlagOption } from './new-flag-option.ts';
import { NodeFiles } from './node-files.ts';
import { checkOwnMasks, chosenVariants } from './user-variants.ts';

export interface LoadedSelection {
  readonly catalogs: Catalogs;
  readonly loaded: readonly LoadedScenario[];
}

/** Loads scenario files with what the options lay over them. */
export async function loadSelection(
  files: readonly string[],
  args: Arguments,
): Promise<LoadedSelection> {
  const known = await loadCatalogs();
  const chosen = await chosenVariants(namesOf(args, 'variant'), known.variants);
  const catalogs = { ...known, variants: chosen.catalog };
  const overrides = overridesOf(args, chosen.names);
  const reader = new NodeFiles();
  const loaded = files.map((file) => loadScenario(file, { files: reader, catalogs, overrides }));
  for (const { scenario } of loaded) checkOwnMasks(chosen, kernelOf(scenario, catalogs));
  return { catalogs, loaded };
}

function overridesOf(args: Arguments, variants: readonly string[]): Override[] {
  const overrides = listOf(args, 'set').map(parseOverride);
  const seed = textOf(args, 'seed');
  if (seed !== undefined) {
    overrides.push({ path: ['seed'], value: seed, origin: `--seed ${seed.slice(0, 40)}` });
  }
  const reps = countOf(args, 'reps', 1);
  if (reps !== undefined) {
    overrides.push({ path: ['replications'], value: reps, origin: `--reps ${reps}` });
  }
  if (variants.length > 0) {
    const origin = `--variant ${variants.join(',').slice(0, 80)}`;
    overrides.push({ path: ['variants'], value: variants, origin });
  }
  for (const mask of listOf(args, 'mask')) overrides.push(maskOverride(mask));
  const flag = newFlagOption(args);
  if (flag !== undefined) overrides.push(flagOverride(flag));
  return overrides;
}

function flagOverride(flag: WrittenFlag): Override {
  const { name, value, bitsShiftRaised, inReclaimMask } = flag;
  return {
    path: ['flags', name],
    value: { value, 'bits-shift-raised': bitsShiftRaised, 'in-reclaim-mask': inReclaimMask },
    origin: `--flag ${name}=${value}`,
  };
}

/** The name and the expression are checked where scenarios' own masks are. */
function maskOverride(mask: string): Override {
  const origin = `--mask ${mask.slice(0, 80)}`;
  const equals = mask.indexOf('=');
  const name = equals < 0 ? mask.trim() : mask.slice(0, equals).trim();
  const expression = equals < 0 ? '' : mask.slice(equals + 1).trim();
  return { path: ['masks', name], value: expression, origin };
}
