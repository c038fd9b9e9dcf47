import { describe, expect, it } from 'vitest';
import { machineFor, settingOf } from '../loaded-machine.ts';

// Caches of objects under pressure, in whole machines: a hog of all memory, beside it a cache.

const machineWith = (shrinkers: string) => `kernel: "6.1"
machine: { memory: 64MiB, cpus: 1, shrinkers: [${shrinkers}] }
load: [{ workload: hog, params: { think: 1us, accesses: 12500, when-full: exit } }]
`;

function run(shrinkers: string) {
  const machine = machineFor(settingOf(machineWith(shrinkers)));
  const { pages: before } = machine.parts.reclaim.shrinkers;
  machine.debug = true;
  machine.run(5e9);
  const { pages } = machine.parts.reclaim.shrinkers;
  return { before, pages, readings: machine.readings() };
}

const CACHE = 'name: dentry, objects: 21000';

describe('a cache that reclaim may shrink', () => {
  it('of 21 objects a page has 1000 pages, and gives most of them back under pressure', () => {
    const { before, pages, readings } = run(`{ ${CACHE} }`);
    expect(before).toBe(1000);
    expect(readings.vmstat['slabs_scanned']).toBeGreaterThan(15_000);
    expect(pages).toBeLessThan(500);
  });

  it('frees few pages while some object of each slab is in use', () => {
    const { pages, readings } = run(`{ ${CACHE}, pinned: 20 }`);
    expect(readings.vmstat['slabs_scanned']).toBeGreaterThan(15_000);
    expect(pages).toBeGreaterThan(950);
  });

  it('is scanned only where there is one, and the same way twice', () => {
    expect(run('').readings.vmstat['slabs_scanned']).toBe(0);
    const [once, twice] = [run(`{ ${CACHE} }`), run(`{ ${CACHE} }`)];
    expect(twice.readings.fingerprint).toBe(once.readings.fingerprint);
  });

  it('that does not fit into what boot left in use is a mistake of the scenario', () => {
    const setting = settingOf(machineWith('{ name: dentry, objects: 1000000 }'));
    expect(() => machineFor(setting)).toThrow("the memory of 'dentry' does not fit");
  });
});
