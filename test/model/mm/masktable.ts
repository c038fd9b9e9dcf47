import { readFileSync } from 'node:fs';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import k417 from '../../../src/kernel/profiles/4.17.ts';
import k61 from '../../../src/kernel/profiles/6.1.ts';
import k612 from '../../../src/kernel/profiles/6.12.ts';

export const KERNELS: readonly KernelProfile[] = [k417, k61, k612];

/** A row that a real kernel printed: a caller's mask and what one proposal makes of it. */
export interface MaskRow {
  readonly hostName: string;
  readonly host: number;
  readonly mask: string;
  readonly meta: number;
  readonly metaText: string;
}

/** Both measured kernels with all their rows. */
export const MASK_TABLES = [k417, k61].map((kernel) => ({ kernel, rows: maskRows(kernel.name) }));

function maskRows(kernel: string): MaskRow[] {
  const file = new URL(`../../fixtures/flags/masktable-${kernel}.csv`, import.meta.url);
  const lines = readFileSync(file, 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => {
    const [hostName, host, mask, meta, metaText] = line.split(',');
    return {
      hostName: hostName!,
      host: Number(host),
      mask: mask!,
      meta: Number(meta),
      metaText: metaText!,
    };
  });
}
