import { suggestion } from '../../base/suggest.ts';
import type { Gfp, KernelProfile, NamedMask } from '../../kernel/kernel-profile.ts';

/**
 * Every spelling of a flag that people and kernels use, for one kernel:
 *
 *   __GFP_NORETRY   a bit            NORETRY    the same, short
 *   GFP_ATOMIC      a composite      atomic     the same, as load drivers name their classes
 *   GFP_ZERO        a bit, as kernels before 4.6 printed it
 *
 * A short upper-case name is the bit where both exist: ATOMIC is __GFP_ATOMIC.
 *
 * **Models:** the names of include/linux/gfp.h; 4.17.0, 6.1.192, 6.12.117.
 * **Departs:** NOLOCKDEP stands for its place even though the profiles are built without lockdep:
 * who writes it means the bit.
 */
export class GfpNames {
  readonly #kernel: KernelProfile;
  readonly #values = new Map<string, Gfp>();
  /** The names that the kernel itself knows: what a wrong one is compared with. */
  readonly #official: string[] = [];
  readonly #absent = new Set<string>();

  constructor(kernel: KernelProfile, extra: readonly NamedMask[] = []) {
    this.#kernel = kernel;
    const { bits, composites, lockdepBit } = kernel.gfp;
    for (const [name, value] of Object.entries(composites)) this.#addComposite(name, value);
    for (const [name, value] of Object.entries({ ...bits, NOLOCKDEP: lockdepBit })) {
      this.#addBit(name, value);
    }
    for (const { name, value } of extra) this.#add(name, [name], value);
  }

  /** The value of a name, or undefined. */
  find(name: string): Gfp | undefined {
    return this.#values.get(name);
  }

  /** Why a name is not known: another kernel's flag, or the nearest right one. */
  explain(name: string): string {
    const bit = name.replace(/^_*GFP_/, '');
    if (this.#absent.has(bit)) return `kernel ${this.#kernel.name} has no such flag`;
    return suggestion(name, this.#official);
  }

  #addComposite(name: string, value: Gfp): void {
    const short = name.replace(/^_*GFP_/, '');
    this.#add(name, [name, short, short.toLowerCase()], value);
  }

  #addBit(name: string, value: Gfp): void {
    const composite = `GFP_${name}`;
    if (value === 0) {
      this.#absent.add(name);
      this.#values.delete(name);
      return;
    }
    this.#add(`__GFP_${name}`, [name, `__GFP_${name}`, `___GFP_${name}`], value);
    if (!this.#values.has(composite)) this.#values.set(composite, value);
  }

  #add(official: string, spellings: readonly string[], value: Gfp): void {
    this.#official.push(official);
    for (const spelling of spellings) this.#values.set(spelling, value);
  }
}
