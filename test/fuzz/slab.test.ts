import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import linux417 from '../../src/kernel/profiles/4.17.ts';
import linux61 from '../../src/kernel/profiles/6.1.ts';
import { NONE } from '../../src/model/page-source.ts';
import { slabMachine } from '../model/slab/slab-machine.ts';

// The column store against a naive cache of plain arrays and objects. Both get the same calls;
// every handle, every refusal and every page given back must be the same, and the objects must
// add up. fast-check prints the seed and the path of a failure, and shrinks it.

const ATOMIC = 0x1080020;
const CPUS = 2;

interface Slab {
  readonly pfn: number;
  readonly order: number;
  readonly objects: number;
  /** Objects that callers hold. */
  live: number;
  /** Objects on the freelist of the CPU whose slab it is. */
  onCpu: number;
  place: 'cpu' | 'set' | 'node' | 'full';
  /** Of the CPU set as it was when this slab came on top of it. */
  noted: number;
}

interface Rules {
  readonly objects: number;
  readonly minOrderObjects: number;
  readonly order: number;
  readonly minOrder: number;
  readonly limit: number;
  readonly minPartial: number;
  readonly bySlabs: boolean;
}

/** The naive cache. */
class Shadow {
  readonly slabs: Slab[] = [];
  readonly node: Slab[] = [];
  readonly freedPages: string[] = [];
  readonly #rules: Rules;
  readonly #cpu: (Slab | null)[] = Array(CPUS).fill(null);
  readonly #sets: Slab[][] = Array.from({ length: CPUS }, () => []);
  #nextPfn = 1000;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  allocate(cpu: number, refusals: number): number {
    const own = this.#cpu[cpu]!;
    if (own !== null && own.onCpu > 0) return take(own);
    if (own !== null && free(own) > 0) return this.#use(own, cpu);
    if (own !== null) own.place = 'full';
    this.#cpu[cpu] = null;
    const top = this.#sets[cpu]!.pop();
    if (top !== undefined) return this.#use(top, cpu);
    const first = this.node.shift();
    if (first !== undefined) return this.#refill(first, cpu);
    if (refusals > 1) return NONE;
    const { order, minOrder, objects, minOrderObjects } = this.#rules;
    const slab = this.#made(refusals === 0 ? order : minOrder);
    Object.assign(slab, { objects: refusals === 0 ? objects : minOrderObjects });
    this.slabs.push(slab);
    return this.#use(slab, cpu);
  }

  free(cpu: number, pfn: number): void {
    const slab = this.slabs.find((candidate) => candidate.pfn === pfn)!;
    slab.live--;
    if (this.#cpu[cpu] === slab) slab.onCpu++;
    else if (slab.place === 'full') {
      const set = this.#sets[cpu]!;
      const noted = set.at(-1)?.noted ?? 0;
      const { limit, bySlabs } = this.#rules;
      if (set.length > 0 && (bySlabs ? noted >= limit : noted > limit)) this.#drain(cpu);
      this.#push(slab, cpu);
    } else if (slab.place === 'node' && slab.live === 0 && this.#nodeHasEnough()) {
      this.node.splice(this.node.indexOf(slab), 1);
      this.#discard(slab);
    }
  }

  /** Free objects anywhere. */
  get spare(): number {
    return this.slabs.reduce((sum, slab) => sum + slab.objects - slab.live, 0);
  }

  #made(order: number): Slab {
    const pfn = this.#nextPfn;
    this.#nextPfn += 1 << order;
    return { pfn, order, objects: 0, live: 0, onCpu: 0, place: 'full', noted: 0 };
  }

  #use(slab: Slab, cpu: number): number {
    slab.place = 'cpu';
    this.#cpu[cpu] = slab;
    slab.onCpu = slab.objects - slab.live;
    return take(slab);
  }

  #refill(first: Slab, cpu: number): number {
    const { limit, bySlabs } = this.#rules;
    let gathered = bySlabs ? 0 : free(first);
    while (gathered <= Math.floor(limit / 2) && this.node.length > 0) {
      const next = this.node.shift()!;
      gathered += bySlabs ? 1 : free(next);
      this.#push(next, cpu);
    }
    return this.#use(first, cpu);
  }

  #push(slab: Slab, cpu: number): void {
    const set = this.#sets[cpu]!;
    slab.noted = (set.at(-1)?.noted ?? 0) + (this.#rules.bySlabs ? 1 : free(slab));
    slab.place = 'set';
    set.push(slab);
  }

  #drain(cpu: number): void {
    const gone: Slab[] = [];
    for (const slab of this.#sets[cpu]!.splice(0).reverse()) {
      if (slab.live === 0 && this.#nodeHasEnough()) gone.push(slab);
      else {
        slab.place = 'node';
        this.node.push(slab);
      }
    }
    for (const slab of gone.reverse()) this.#discard(slab);
  }

  #nodeHasEnough(): boolean {
    return this.node.length >= this.#rules.minPartial;
  }

  #discard(slab: Slab): void {
    this.slabs.splice(this.slabs.indexOf(slab), 1);
    this.freedPages.push(`${slab.pfn} ${slab.order}`);
  }
}

function free(slab: Slab): number {
  return slab.objects - slab.live - slab.onCpu;
}

function take(slab: Slab): number {
  // A slab that has just become a CPU's has all its free objects there.
  slab.onCpu--;
  slab.live++;
  return slab.pfn;
}

/** Bursts make slabs fill and empty; single steps mix the CPUs. */
const step = fc.record({
  frees: fc.boolean(),
  cpu: fc.nat({ max: CPUS - 1 }),
  count: fc.nat({ max: 40 }),
  pick: fc.nat({ max: 10_000 }),
  /** Attempts at a new slab that the page allocator refuses. */
  refusals: fc.constantFrom(0, 0, 0, 0, 1, 2),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const setups = [
  { name: '4.17, 1024 bytes', kernel: linux417, objectSize: 1024 },
  { name: '4.17, 4096 bytes', kernel: linux417, objectSize: 4096 },
  { name: '6.1, 1024 bytes', kernel: linux61, objectSize: 1024 },
  { name: '6.1, 4096 bytes', kernel: linux61, objectSize: 4096 },
];
type Setup = (typeof setups)[number];

describe.each(setups)('slab lists and a naive shadow agree: $name', (setup) => {
  it('on every handle, refusal, page and count', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 300, size: 'max' }), (steps) => {
        play(setup, steps, (rules) => rules);
      }),
      { numRuns: 30 },
    );
  });

  it('and would not if one of the two had another rule', () => {
    const wrong: ((rules: Rules) => Rules)[] = [
      (rules) => ({ ...rules, limit: rules.limit + 2 }),
      (rules) => ({ ...rules, minPartial: rules.minPartial + 1 }),
      (rules) => ({ ...rules, bySlabs: !rules.bySlabs }),
    ];
    for (const change of wrong) {
      const property = fc.property(fc.array(step, { minLength: 150 }), (steps) => {
        play(setup, steps, change);
      });
      expect(fc.check(property, { numRuns: 60, seed: 1, endOnFailure: true }).failed).toBe(true);
    }
  });
});

function play(setup: Setup, steps: readonly Step[], change: (rules: Rules) => Rules): void {
  const { slab, pages, on } = slabMachine(setup.kernel, CPUS);
  const cache = slab.createCache({ name: 'fuzzed', objectSize: setup.objectSize });
  const { geometry } = cache;
  const shadow = new Shadow(
    change({
      objects: geometry.objectsPerSlab,
      minOrderObjects: geometry.minOrderObjects,
      order: geometry.order,
      minOrder: geometry.minOrder,
      limit: geometry.cpuPartialLimit,
      minPartial: geometry.minPartial,
      bySlabs: setup.kernel.rules.slubCpuPartial === 'slabs',
    }),
  );
  const held: number[] = [];
  for (const { frees, cpu, count, pick, refusals } of steps) {
    for (let nth = 0; nth < count; nth++) {
      if (frees) {
        if (held.length === 0) break;
        const handle = held.splice((pick + nth * 7) % held.length, 1)[0]!;
        slab.free(cache, handle, on(cpu));
        shadow.free(cpu, handle);
      } else {
        pages.script.splice(0);
        for (let nthRefusal = 0; nthRefusal < refusals; nthRefusal++) pages.script.push('none');
        const handle = slab.allocate(cache, ATOMIC, on(cpu));
        expect(handle).toBe(shadow.allocate(cpu, refusals));
        if (handle !== NONE) held.push(handle);
      }
    }
    expect(pages.freed).toEqual(shadow.freedPages);
    const onCpus = cache.cpuFreeObjects(0) + cache.cpuFreeObjects(1);
    expect(cache.liveObjects).toBe(held.length);
    expect(cache.activeObjects).toBe(cache.liveObjects + onCpus);
    expect(cache.totalObjects).toBe(held.length + shadow.spare);
    expect(cache).toMatchObject({ slabs: shadow.slabs.length, nrPartial: shadow.node.length });
    expect(cache.pages).toBe(pages.held);
  }
}
