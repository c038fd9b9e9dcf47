import { stringify } from 'csv-stringify/sync';
import { foldLine } from '../../base/fold-line.ts';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { KmemleakVariant } from '../../model/kmemleak/variant.ts';
import { type GfpAnswer, type GfpQueryOptions, queryGfp } from '../../model/mm/gfp-query.ts';
import { alignTable, hang } from '../../report/table.ts';

/** One proposal's masks for one caller. */
export interface VariantMasks {
  readonly variant: string;
  readonly onFailure: KmemleakVariant['onFailure'];
  readonly hasReserve: boolean;
  /** The tries in their order; none where no metadata is allocated. */
  readonly metadata: readonly GfpAnswer[];
}

/** What every proposal makes of one caller's mask. */
export interface VariantMasksReport extends Omit<ReturnType<typeof queryGfp>, 'metadata'> {
  readonly variants: readonly VariantMasks[];
}

export function variantMasks(
  mask: string,
  kernel: KernelProfile,
  variants: readonly KmemleakVariant[],
  options: GfpQueryOptions,
): VariantMasksReport {
  return {
    ...queryGfp(mask, kernel, options),
    variants: variants.map((variant) => ({
      variant: variant.name,
      onFailure: variant.onFailure,
      hasReserve: variant.reserve !== undefined,
      metadata: queryGfp(mask, kernel, { ...options, variant }).metadata ?? [],
    })),
  };
}

const HEADER = ['variant', 'try', 'mask', 'reclaims', 'kswapd', 'reserve', 'slab', 'page'];
const LEGEND: readonly (readonly [string, string])[] = [
  ['try', 'several equal tries are one line'],
  ['reclaims', 'itself: one round, rounds, rounds that end with the OOM killer, or for ever'],
  ['reserve', 'share of min below which it is refused'],
  ['slab', 'failslab may fail it: with ignore-gfp-wait N, with Y too (YN), or no'],
  ['page', "the same of fail_page_alloc with min-order 0; SLUB's first attempt drops NOFAIL"],
];

export function variantMasksText(report: VariantMasksReport, kernel: KernelProfile): string {
  const rows = report.variants.flatMap((one) => rowsOf(one, kernel));
  const aligns = HEADER.map(() => 'left' as const);
  const { value, text, kernel: name } = report;
  return [
    ...foldLine(`${value} ${text} in Linux ${name}: the metadata's masks`, 2),
    '',
    ...alignTable([HEADER, ...rows], aligns),
    '',
    ...LEGEND.flatMap(([name, text]) => hang(name.padEnd(10), text)),
    '',
    ...failingLines(report),
    ...warningLines(report),
    '',
  ].join('\n');
}

/** What follows when every try has failed: first a reserve, where there is one. */
function failingLines({ variants }: VariantMasksReport): string[] {
  const groups = grouped(variants, ({ hasReserve, onFailure }) => [
    `${hasReserve ? 'reserve, then ' : ''}${onFailure}`,
  ]);
  return ['when every try has failed:', ...groups];
}

function warningLines({ variants }: VariantMasksReport): string[] {
  const groups = grouped(variants, ({ metadata }) => {
    return metadata.flatMap(({ warnings }) => warnings.map(({ id }) => id));
  });
  return groups.length === 0 ? [] : ['', 'warnings, which gfpsim explain tells:', ...groups];
}

/** The variants of each kind, in the order of the kinds' first ones. */
function grouped(
  variants: readonly VariantMasks[],
  kindsOf: (one: VariantMasks) => readonly string[],
): string[] {
  const groups = new Map<string, Set<string>>();
  for (const one of variants) {
    for (const kind of kindsOf(one)) {
      groups.set(kind, (groups.get(kind) ?? new Set()).add(one.variant));
    }
  }
  return [...groups].flatMap(([kind, names]) => hang(`  ${kind}: `, [...names].join(', ')));
}

export function variantMasksCsv(report: VariantMasksReport, kernel: KernelProfile): string {
  const lines = report.variants.flatMap(({ variant, onFailure, hasReserve, metadata }) =>
    metadata.map((answer, index) => [
      ...[report.kernel, report.value, variant, index + 1, answer.value, answer.text],
      ...[reclaimOf(answer, kernel), yes(answer.wakesKswapd), reserveOf(answer)],
      ...[...knobsOf(answer), yes(hasReserve), onFailure],
      answer.warnings.map(({ id }) => id).join(' '),
    ]),
  );
  const columns = ['kernel', 'caller', 'variant', 'try', 'mask', 'text', 'reclaims', 'kswapd'];
  const rest = ['reserve', 'failslab', 'fail_page_alloc', 'has_reserve', 'on_failure', 'warnings'];
  return stringify([[...columns, ...rest], ...lines]);
}

function rowsOf({ variant, metadata }: VariantMasks, kernel: KernelProfile) {
  if (metadata.length === 0) return [[variant, '-', 'none']];
  return groupsOf(metadata).map(({ first, last, answer }, index) => [
    index === 0 ? variant : '',
    first === last ? String(first) : `${first}-${last}`,
    answer.value,
    reclaimOf(answer, kernel),
    yes(answer.wakesKswapd),
    reserveOf(answer),
    ...knobsOf(answer),
  ]);
}

/** Equal tries that follow each other, counted from 1. */
function groupsOf(metadata: readonly GfpAnswer[]) {
  const groups: { first: number; last: number; answer: GfpAnswer }[] = [];
  metadata.forEach((answer, index) => {
    const before = groups.at(-1);
    if (before?.answer.value === answer.value) before.last = index + 1;
    else groups.push({ first: index + 1, last: index + 1, answer });
  });
  return groups;
}

/** How much a request of a small order may do itself: NOFAIL wins over all retry flags. */
function reclaimOf({ value, blockable }: GfpAnswer, kernel: KernelProfile): string {
  if (!blockable) return 'no';
  const { bits } = kernel.gfp;
  const mask = Number(value);
  const once = (mask & bits.NORETRY) !== 0;
  if ((mask & bits.NOFAIL) !== 0) return once ? 'ever' : 'ever, OOM';
  if (once) return 'one round';
  return (mask & bits.RETRY_MAYFAIL) !== 0 ? 'rounds' : 'rounds, OOM';
}

function reserveOf({ reserve }: GfpAnswer): string {
  return reserve.numerator === 0 ? 'all' : `${reserve.numerator}/${reserve.denominator}`;
}

function knobsOf({ injectable }: GfpAnswer): string[] {
  const pages = injectable.failPageAlloc.minOrder['0'];
  return [injectable.failslab.ignoreGfpWait, pages!.ignoreGfpWait].map(({ Y, N }) => {
    if (Y) return 'YN';
    return N ? 'N' : 'no';
  });
}

function yes(value: boolean): string {
  return value ? 'yes' : 'no';
}
