import type { Named } from '../../base/catalog.ts';
import { RUN_WARNINGS } from '../../experiment/run-warnings.ts';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { Metric } from '../../metric/metric.ts';
import { IDEAS, type Idea } from '../../model/kmemleak/ideas.ts';
import type { KmemleakVariant } from '../../model/kmemleak/variant.ts';
import { MASK_REMARKS } from '../../model/mm/gfp-query-warnings.ts';
import { WARNINGS } from '../../model/warnings.ts';
import { hang } from '../../report/table.ts';
import { parameterNotes } from '../../workload/parameter-notes.ts';
import type { Workload } from '../../workload/workload.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { loadCatalogs } from '../load-catalogs.ts';
import { checkOwnMasks, chosenVariants, isVariantFile } from '../selection/user-variants.ts';
import { variantLines } from './explain-variant.ts';

/** What `explain` says of one name. */
export interface Explanation extends Named {
  readonly kind: string;
  readonly text: string;
}

/** A proposal that lies in a file; null: these words name no file. */
export async function explainFile(words: string): Promise<Explanation | null> {
  if (!isVariantFile(words)) return null;
  const { kernels, variants } = await loadCatalogs();
  const chosen = await chosenVariants([words], variants);
  for (const kernel of kernels.all()) checkOwnMasks(chosen, kernel);
  const variant = chosen.catalog.get(chosen.names[0]!);
  return of('variant', variant, variantLines(variant, kernels.all()));
}

/** Everything that has a name. */
export async function explanations(): Promise<Explanation[]> {
  const { kernels, variants, workloads, metrics } = await loadCatalogs();
  return [
    ...metrics.all().map(explainMetric),
    ...variants.all().flatMap((variant) => explainAll(variant, kernels.all())),
    ...IDEAS.map(explainIdea),
    ...workloads.all().map(explainWorkload),
    ...kernels.all().map(explainKernel),
    ...WARNINGS.map(({ id, summary, where }) =>
      of('warning', { name: id, summary }, hang('printed: ', where)),
    ),
    ...MASK_REMARKS.map(({ id, summary }) => of('remark on a mask', { name: id, summary }, [])),
    ...RUN_WARNINGS.map(({ id, summary, next }) =>
      of('warning', { name: id, summary }, hang('what to do: ', next)),
    ),
    ...EXIT_CODES.map(({ code, meaning }) =>
      of('exit code', { name: `exit ${code}`, summary: meaning }, []),
    ),
  ];
}

function of(kind: string, named: Named, lines: readonly string[]): Explanation {
  const { name, summary } = named;
  return { kind, name, summary, text: [`${name} (${kind})`, summary, ...lines].join('\n') };
}

/** One explanation for each of its names. */
function explainAll(variant: KmemleakVariant, kernels: readonly KernelProfile[]): Explanation[] {
  const explained = of('variant', variant, variantLines(variant, kernels));
  const others = (variant.aliases ?? []).map((name) => ({ ...explained, name }));
  return [explained, ...others];
}

function explainIdea(idea: Idea): Explanation {
  const { who, date, ref } = idea.source;
  return of('idea', idea, [`source: ${who}, ${date}, ${ref}`, `no variant: ${idea.reason}`]);
}

function explainMetric(metric: Metric): Explanation {
  const { unit, better, kind, survival } = metric;
  const direction = better === 'neither' ? 'no better direction' : `${better} is better`;
  const lines = [`unit: ${unit}; ${direction}; ${kind}`];
  if (survival !== undefined) {
    lines.push('a time to an event: compared as survival; runs without the event are censored');
  }
  return of('metric', metric, lines);
}

function explainWorkload(workload: Workload): Explanation {
  const lines = parameterNotes(workload).map(({ name, description, unit, initial }) => {
    const given = initial === undefined ? [] : [JSON.stringify(initial)];
    const notes = [...(unit === '' ? [] : [unit]), ...given].join(', ');
    return `  ${name.padEnd(16)} ${description}${notes === '' ? '' : ` (${notes})`}`;
  });
  return of('workload', workload, ['parameters, with their units and defaults:', ...lines]);
}

function explainKernel(kernel: KernelProfile): Explanation {
  const { objectSize, poolSize } = kernel.kmemleak;
  return of('kernel', kernel, [
    `release ${kernel.release}, ${kernel.source}`,
    `kmemleak object ${objectSize} bytes, static pool ${poolSize === 0 ? 'none' : poolSize}`,
  ]);
}
