import type { Gfp, KernelProfile, NamedMask } from '../../kernel/kernel-profile.ts';

/** As the kernel's %pGg prints it: names by its table, what is left as hex; 0 prints nothing. */
export function formatGfp(value: Gfp, kernel: KernelProfile): string {
  return formatNames(value, kernel.gfp.printOrder);
}

/**
 * The same by any table.
 *
 * **Models:** format_flags of lib/vsprintf.c and __print_flags of the trace events; 4.17.0,
 * 6.1.192, 6.12.117. **Departs:** nothing known.
 */
export function formatNames(value: Gfp, printOrder: readonly NamedMask[]): string {
  const parts: string[] = [];
  let rest = value >>> 0;
  for (const entry of printOrder) {
    if (rest === 0) break;
    if ((rest & entry.value) >>> 0 !== entry.value) continue;
    parts.push(entry.name);
    rest = (rest & ~entry.value) >>> 0;
  }
  if (rest !== 0) parts.push(hex(rest));
  return parts.join('|');
}

export function hex(value: Gfp): string {
  return `0x${(value >>> 0).toString(16)}`;
}
