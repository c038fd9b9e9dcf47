import type { FidelityGroup } from '../fidelity-group.ts';
import type { Laboratory } from '../laboratory.ts';
import { exact } from '../quantity.ts';

const KERNELS = ['4.17', '6.1'];

/** As the printing kernels called what the proposals are called here. */
const VARIANTS: Readonly<Record<string, string>> = {
  quiet: 'quiet-2011',
  upstream: 'quiet-2011',
  nofail: 'nofail-4.15',
  nowait: 'rfc-nowait',
  'nowait-strict': 'rfc-strict',
  catalin: 'fi-nofail',
  knob: 'knob-task',
};
const CONTEXT = { atomic: false, faultInjection: true };

/** Masks as two kernels printed them: for many a caller, what each proposal makes of its gfp. */
const group: FidelityGroup = {
  name: 'masks',
  summary: 'metadata masks',
  heldTo: ['gfp as two kernels printed it, 22 callers × 7 proposals'],
  unit: 'masks',
  agreement: 'exact',
  measurements: KERNELS.map(fileOf),
  settings: (laboratory) => KERNELS.flatMap((kernel) => masksOf(kernel, laboratory)),
};

export default group;

function fileOf(kernel: string): string {
  return `kmemleak/masktable-${kernel}.csv`;
}

function masksOf(name: string, laboratory: Laboratory) {
  const kernel = laboratory.kernel(name);
  return laboratory.rows(fileOf(name)).map((row) => {
    const written = row['mask'] ?? '';
    const variant = laboratory.catalogs.variants.get(VARIANTS[written] ?? written);
    const measured = Number(row['meta_gfp']);
    return {
      kernel: name,
      name: `${row['host_name']} ${row['host_gfp']}, ${variant.name}`,
      quantities: () => {
        const tries = variant.attempts(Number(row['host_gfp']), CONTEXT, kernel);
        return [exact('gfp', hexOf(measured), tries.map(hexOf).join())];
      },
    };
  });
}

function hexOf(mask: number): string {
  return `0x${mask.toString(16)}`;
}
