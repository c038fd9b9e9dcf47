import { GFP_LAYOUTS, type GfpLayout } from '../../kernel/gfp-layouts.ts';
import { formatNames } from '../../model/mm/gfp-print.ts';

// gfp masks of trace events, of whichever kernel, as names that the kernels modelled here know:
//
//   GFP_KERNEL|GFP_ZERO          → GFP_KERNEL|__GFP_ZERO            before 4.6, without underscores
//   GFP_KERNEL|__GFP_REPEAT      → GFP_KERNEL|__GFP_RETRY_MAYFAIL   its name since 4.13
//   GFP_KERNEL|GFP_NOTRACK|0x2   → GFP_KERNEL                       what is left out is told
//   0xdc0                        → GFP_KERNEL|__GFP_ZERO            by the table of some kernel
//   none                         → 0

/** Flags that are gone, and those which say the same now; an empty one means nothing here. */
const DEPARTED: Readonly<Record<string, string>> = {
  GFP_TEMPORARY: 'GFP_KERNEL|__GFP_RECLAIMABLE',
  __GFP_REPEAT: '__GFP_RETRY_MAYFAIL',
  __GFP_WAIT: '__GFP_DIRECT_RECLAIM|__GFP_KSWAPD_RECLAIM',
  __GFP_COLD: '',
  __GFP_KMEMCG: '',
  __GFP_NOTRACK: '',
  __GFP_OTHER_NODE: '',
};

/** Worse than any number of names. */
const UNKNOWN_BIT = 100;

const NUMBER = /^(0x[0-9a-f]+|\d+)$/i;

/** Names that a kernel modelled here has. */
const KNOWN = new Set(
  GFP_LAYOUTS.filter(({ profile }) => profile !== undefined)
    .flatMap(({ printOrder }) => printOrder)
    .map(({ name }) => name),
);

/** A mask as a trace has it, and what of it was left out. */
export interface PortableMask {
  readonly gfp: string;
  /** Names and bits that no kernel modelled here has. */
  readonly left: readonly string[];
}

export class PortableMasks {
  /** The kernels by whose table bare numbers are read; undefined: there are none. */
  readonly numbersOf: string | undefined;
  readonly #layout: GfpLayout | undefined;

  /**
   * @param texts all different masks of the trace: numbers are read by the one table that makes
   * the fewest names of them, the newest of several
   * @param kernel profile by whose table they are to be read
   */
  constructor(texts: Iterable<string>, kernel?: string) {
    const numbers = [...texts].filter((text) => NUMBER.test(text)).map(Number);
    const own = GFP_LAYOUTS.find(({ profile }) => profile !== undefined && profile === kernel);
    this.#layout = numbers.length === 0 ? undefined : (own ?? likeliestLayout(numbers));
    this.numbersOf = this.#layout?.kernels;
  }

  portable(text: string): PortableMask {
    if (text === 'none') return { gfp: '0', left: [] };
    const isNumber = NUMBER.test(text) && this.#layout !== undefined;
    const words = isNumber ? formatNames(Number(text), this.#layout!.printOrder) : text;
    const left: string[] = [];
    const kept = words.split('|').flatMap((word) => {
      const names = namesOf(word);
      if (names === undefined) left.push(word);
      return names ?? [];
    });
    const names = [...new Set(kept)];
    return { gfp: names.length === 0 ? '0' : names.join('|'), left };
  }
}

/** Undefined: no kernel modelled here has it. */
function namesOf(word: string): readonly string[] | undefined {
  if (word === '' || Number(word) === 0) return [];
  for (const name of [word, `__${word}`]) {
    if (KNOWN.has(name)) return [name];
    const now = DEPARTED[name];
    if (now !== undefined) return now.split('|').filter((part) => part !== '');
  }
  return undefined;
}

function likeliestLayout(numbers: readonly number[]): GfpLayout {
  const layouts = GFP_LAYOUTS.filter(({ apart }) => apart === undefined).reverse();
  const costs = layouts.map((layout) =>
    numbers.reduce((sum, value) => sum + cost(value, layout), 0),
  );
  return layouts[costs.indexOf(Math.min(...costs))]!;
}

function cost(value: number, { known, printOrder }: GfpLayout): number {
  const strange = (value & ~known) >>> 0;
  return formatNames(value, printOrder).split('|').length + (strange === 0 ? 0 : UNKNOWN_BIT);
}
