import { suggestion } from '../../base/suggest.ts';
import { GFP_LAYOUTS, type GfpLayout } from '../../kernel/gfp-layouts.ts';
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
    const own = kernel.newFlag;
    if (own !== undefined) this.#addBit(own.name.replace(/^__GFP_/, ''), own.value);
  }

  /** The value of a name, or undefined. */
  find(name: string): Gfp | undefined {
    return this.#values.get(name);
  }

  /** Why a name is not known: another kernel's flag, or the nearest right one. */
  explain(name: string): string {
    const had = layoutsWith(name);
    const isForeign = this.#absent.has(name.replace(/^_*GFP_/, '')) || had.length > 0;
    if (!isForeign) return suggestion(name, this.#official);
    const elsewhere = had.length === 0 ? '' : `; Linux ${listed(had)} had it`;
    return `kernel ${this.#kernel.name} has no such flag${elsewhere}`;
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

/** A flag's name without underscores: kernels before 4.6 left them out. */
export function plainName(name: string): string {
  return name.trim().replace(/^_+/, '');
}

/** one, one and two, one, two and three */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`;
}

/** Whether a table has a say on a mask. */
export function tellsOf({ apart }: GfpLayout, value: Gfp): boolean {
  return apart === undefined || (value & apart) !== 0;
}

/** Releases whose table has this name; without underscores it may be a bit or a composite. */
function layoutsWith(name: string): string[] {
  const bit = plainName(name).replace(/^GFP_/, '');
  const spellings = name.startsWith('_') ? [`__GFP_${bit}`] : [`GFP_${bit}`, `__GFP_${bit}`];
  return GFP_LAYOUTS.filter((layout) =>
    layout.printOrder.some(({ name, value }) => spellings.includes(name) && tellsOf(layout, value)),
  ).map(({ kernels }) => kernels);
}
