import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import { CALLER_CLASSES } from '../../model/kmemleak/caller-classes.ts';
import type { KmemleakVariant, ReserveSpec } from '../../model/kmemleak/variant.ts';
import { variantWarnings, type WarningContext } from '../../model/kmemleak/variant-warnings.ts';
import { formatGfp, hex } from '../../model/mm/gfp.ts';
import { hang } from '../../report/table.ts';

const LABEL_WIDTH = Math.max(...CALLER_CLASSES.map(({ label }) => label.length));
const CONTEXTS: Readonly<Record<WarningContext, string>> = {
  task: '',
  reclaim: ' in a task that reclaims',
  atomic: ' where it must not sleep',
};

/** What there is to say of a proposal besides its summary: origin, mechanism, masks, warnings. */
export function variantLines(
  variant: KmemleakVariant,
  kernels: readonly KernelProfile[],
): string[] {
  const { who, date, ref } = variant.source;
  return [
    ...hang('source: ', `${who}, ${date}, ${ref}`),
    ...(variant.aliases === undefined ? [] : [`also called: ${variant.aliases.join(', ')}`]),
    ...hang('objection: ', variant.objection ?? 'none is on record'),
    `kept from injected faults by: ${variant.injection}; on failure: ${variant.onFailure}`,
    ...(variant.reserve === undefined ? [] : hang('reserve: ', reserveText(variant.reserve))),
    ...(variant.embedded === true ? ['metadata of slab objects lies inside them'] : []),
    ...kernels.flatMap((kernel) => kernelLines(variant, kernel)),
  ];
}

function kernelLines(variant: KmemleakVariant, kernel: KernelProfile): string[] {
  const lines = CALLER_CLASSES.flatMap(({ label, gfp }) =>
    callerLines(variant, gfp(kernel), kernel).flatMap((line, index) => {
      const name = index === 0 ? label : '';
      // A mask goes on below itself after one of its flags.
      const lines = hang(`  ${name.padEnd(LABEL_WIDTH)}  `, line.replaceAll('|__', '| __'));
      return lines.map((one) => one.replaceAll('| __', '|__'));
    }),
  );
  return [`in ${kernel.name}, for callers with`, ...lines];
}

/** The masks of a task's tries; those where sleeping is not allowed, if they differ; warnings. */
function callerLines(variant: KmemleakVariant, caller: Gfp, kernel: KernelProfile): string[] {
  const inTask = tryLines(variant, caller, kernel, false);
  const atomic = tryLines(variant, caller, kernel, true);
  const differs = atomic.join() !== inTask.join();
  const warnings = variantWarnings(variant, caller, kernel).map(({ id, contexts }) => {
    const everywhere = contexts.includes('task');
    return `${id}${everywhere ? '' : contexts.map((one) => CONTEXTS[one]).join(' and')}`;
  });
  return [
    ...inTask,
    ...(differs ? atomic.map((line, index) => (index === 0 ? `if atomic: ${line}` : line)) : []),
    ...(warnings.length === 0 ? [] : [`warns: ${warnings.join(', ')}`]),
  ];
}

/** One line a try; equal tries that follow each other are one. */
function tryLines(
  variant: KmemleakVariant,
  caller: Gfp,
  kernel: KernelProfile,
  atomic: boolean,
): string[] {
  const masks = variant.attempts(caller, { atomic, faultInjection: true }, kernel);
  const runs: { mask: Gfp; times: number }[] = [];
  for (const mask of masks) {
    const last = runs.at(-1);
    if (last?.mask === mask) last.times += 1;
    else runs.push({ mask, times: 1 });
  }
  const lines = runs.map(({ mask, times }, index) => {
    const text = `${hex(mask)} ${formatGfp(mask, kernel)}`;
    return `${index === 0 ? '' : 'then '}${times === 1 ? '' : `${times} times `}${text}`;
  });
  return lines.length === 0 ? ['nothing'] : lines;
}

function reserveText(spec: ReserveSpec): string {
  const { entries, refill, filledBy, periodNs } = spec;
  const size =
    typeof entries === 'number'
      ? `${entries} objects`
      : entries === 'kernel'
        ? "as many objects as the kernel's configuration says"
        : 'perCpu' in entries
          ? `${entries.perCpu} objects a CPU`
          : 'bytes' in entries
            ? `objects in ${entries.bytes} bytes`
            : `one for ${entries.perObjects} objects`;
  const filling =
    filledBy === 'slab'
      ? ', filled from slab at boot'
      : filledBy === 'thread'
        ? `, gathered by a thread, one in ${(periodNs ?? 0) / 1e6} ms`
        : '';
  const refills = {
    'own-objects': 'refilled by its own objects when they are freed',
    'any-free': 'refilled by any freed object',
    'no-free': 'not refilled by frees',
  } as const;
  const scan =
    (spec.filledAtScan === true ? ', and by the scan thread' : '') +
    (spec.filledBySleepers === true ? ', and by callers that may sleep' : '');
  const use = spec.afterEachTry === true ? '; asked after each try' : '';
  return `${size}${filling}; ${refills[refill]}${scan}${use}`;
}
