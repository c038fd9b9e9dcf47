import { DumpText } from './dump-text.ts';

/** The vm sysctls that the reserve arithmetic reads, by their file names under /proc/sys/vm. */
export interface VmSysctls {
  readonly min_free_kbytes?: number;
  readonly watermark_scale_factor?: number;
  readonly watermark_boost_factor?: number;
  readonly percpu_pagelist_fraction?: number;
  readonly percpu_pagelist_high_fraction?: number;
  /** By zone index. */
  readonly lowmem_reserve_ratio?: readonly number[];
}

export const SYSCTL_NAMES = [
  'min_free_kbytes',
  'watermark_scale_factor',
  'watermark_boost_factor',
  'percpu_pagelist_fraction',
  'percpu_pagelist_high_fraction',
  'lowmem_reserve_ratio',
] as const;

export type SysctlName = (typeof SYSCTL_NAMES)[number];

/** Reads one file under /proc/sys/vm: one whole number. */
export function parseSysctl(text: string, file: string): number {
  const numbers = parseSysctlVector(text, file);
  if (numbers.length === 1) return numbers[0]!;
  const dump = new DumpText(text, file);
  const [first] = dump.lines();
  throw dump.unexpected(first!, 'one whole number');
}

/** Reads one file under /proc/sys/vm that holds several whole numbers on a line. */
export function parseSysctlVector(text: string, file: string): number[] {
  const dump = new DumpText(text, file);
  const [first, second] = dump.lines();
  if (first === undefined) throw dump.unexpected({ text, number: 1 }, 'a number');
  if (second !== undefined) throw dump.unexpected(second, 'one line');
  return dump.counts(first, 0, 'the value');
}
