import type { WrittenFlag } from '../../model/mm/new-gfp-flag.ts';
import type { Catalogs } from '../../scenario/catalogs.ts';
import { type LoadedScenario, loadScenario, readScenarioTree } from '../../scenario/load.ts';
import { isTreeMap } from '../../scenario/load-merge.ts';
import { type Override, parseOverride } from '../../scenario/overrides.ts';
import { kernelOf } from '../../scenario/resolve-kernel.ts';
import { sweepPoints } from '../../scenario/sweep.ts';
import { countOf, listOf, namesOf, textOf } from '../arguments.ts';
import type { Arguments } from '../command.ts';
import { NodeFiles } from '../files/node-files.ts';
import { loadCatalogs } from '../load-catalogs.ts';
import { newFlagOption } from './built-kernel.ts';
import { checkOwnMasks, chosenVariants, isVariantFile, type NamedFile } from './user-variants.ts';
import { type WrittenMask, writtenMasks } from './written-masks.ts';

export interface LoadedSelection {
  readonly catalogs: Catalogs;
  readonly loaded: readonly LoadedScenario[];
  /** By scenario, the texts that it names: copies of /proc, kernel logs. */
  readonly copies: ReadonlyMap<string, readonly string[]>;
  /** Files with proposals of the user's. */
  readonly variantFiles: readonly string[];
}

/** Loads scenario files with what the options lay over them. */
export async function loadSelection(
  files: readonly string[],
  args: Arguments,
): Promise<LoadedSelection> {
  const known = await loadCatalogs();
  const reader = new NodeFiles();
  const named = files.flatMap((file) => variantFilesIn(file, reader));
  const chosen = await chosenVariants(namesOf(args, 'variant'), known.variants, named);
  const catalogs = { ...known, variants: chosen.catalog };
  const overrides = overridesOf(args, chosen.names);
  const points = sweepPoints(listOf(args, 'param'));
  const copies = new Map<string, readonly string[]>();
  const loaded = files.flatMap((file) =>
    points.map(({ suffix, overrides: point }) => {
      reader.forgetReads();
      const options = {
        ...{ files: reader, catalogs, overrides: [...overrides, ...point] },
        variantFiles: chosen.byPath,
      };
      const one = renamed(loadScenario(file, options), suffix);
      copies.set(one.scenario.name, reader.copiesRead());
      return one;
    }),
  );
  for (const { scenario } of loaded) checkOwnMasks(chosen, kernelOf(scenario, catalogs));
  return { catalogs, loaded, copies, variantFiles: [...chosen.own.keys()] };
}

/** Proposals that a scenario names by their files, as seen from the file that names them. */
function variantFilesIn(file: string, reader: NodeFiles): NamedFile[] {
  const { tree, places } = readScenarioTree(file, reader);
  const listed = isTreeMap(tree) ? tree['variants'] : undefined;
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((word, index) => {
    if (typeof word !== 'string' || !isVariantFile(word)) return [];
    const at = places.nearest(['variants', index]) ?? { file };
    return [{ path: reader.resolve(at.file, word), at }];
  });
}

/** Each point of a sweep is a scenario of its own name. */
function renamed(loaded: LoadedScenario, suffix: string): LoadedScenario {
  const { scenario } = loaded;
  return { ...loaded, scenario: { ...scenario, name: scenario.name + suffix } };
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
  for (const mask of writtenMasks(args)) overrides.push(maskOverride(mask));
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

/** Whether the expression is a mask is checked where scenarios' own masks are. */
function maskOverride({ text, id, expression }: WrittenMask): Override {
  return { path: ['masks', id], value: expression, origin: `--mask ${text.slice(0, 80)}` };
}
