import { describe, expect, it } from 'vitest';
import { planRuns } from '../../src/experiment/plan.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { catalogs, load, SMALL } from '../scenario/sample-scenarios.ts';

const TEXT = `${SMALL}variants: [quiet-2011, rfc-nowait, rfc-strict]\nreplications: 2\n`;
const scenario = (sets: readonly string[] = []) => load(TEXT, {}, sets).scenario;
const ids = (one: Scenario) => [...planRuns([one], catalogs)].map(({ id }) => id);

describe('planRuns', () => {
  it('goes by scenario, then variant as listed, then replication', () => {
    const other = { ...scenario(['variants=[untracked]']), name: 'other' };
    const plan = planRuns([scenario(), other], catalogs);
    const names = [...plan].map(
      ({ spec }) => `${spec.scenario} ${spec.variant} ${spec.replication}`,
    );
    expect(names).toEqual([
      's quiet-2011 0',
      's quiet-2011 1',
      's rfc-nowait 0',
      's rfc-nowait 1',
      's rfc-strict 0',
      's rfc-strict 1',
      'other untracked 0',
      'other untracked 1',
    ]);
  });

  it('refuses two scenarios of one name', () => {
    expect(() => planRuns([scenario(), scenario()], catalogs)).toThrow("called 's'");
  });
});

describe('the parts of a plan', () => {
  const other = { ...scenario(['replications=3']), name: 'other' };
  const plan = planRuns([scenario(), other], catalogs);
  const all = [...plan];

  it.each([1, 2, 3, 4, 7, 15, 40])('are disjoint, and all of it together: %d', (count) => {
    const parts = Array.from({ length: count }, (_, i) => plan.part({ index: i + 1, count }));
    const lengths = parts.map(({ length }) => length);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(all.length);
    expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
    // Every `count`-th run, so that each part meets all variants.
    for (const [i, run] of all.entries()) {
      expect(parts[i % count]!.at(Math.floor(i / count))).toEqual(run);
    }
    expect(new Set(parts.map(({ hash }) => hash))).toEqual(new Set([plan.hash]));
  });

  it('have a hash that changes with whatever decides which runs there are', () => {
    const hashes = [
      [scenario(), other],
      [other, scenario()],
      [scenario()],
      [scenario(['seed=2'])],
      [scenario(['replications=3'])],
      [scenario(['kernel=6.1'])],
      [scenario(['variants=[quiet-2011,rfc-nowait]'])],
      [{ ...scenario(), name: 'z' }],
    ].map((scenarios) => planRuns(scenarios, catalogs).hash);
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(planRuns([scenario(['question=Another?'])], catalogs).hash).toBe(hashes[2]);
  });
});

describe('the id of a run', () => {
  it('is the same for the same input, whatever else is planned', () => {
    expect(ids(scenario())).toEqual(ids(scenario()));
    expect(ids(scenario(['replications=5'])).slice(0, 2)).toEqual(ids(scenario()).slice(0, 2));
    expect(ids(scenario(['variants=[quiet-2011]']))).toEqual(ids(scenario()).slice(0, 2));
    expect(ids(scenario(['question=Another?']))).toEqual(ids(scenario()));
  });

  it.each([
    'seed=2',
    'kernel=6.1',
    'machine.memory=256MiB',
    'machine.sysctl={min_free_kbytes: 1024}',
    'load.0.params.size=64',
    'fault={failslab: {probability: 1}}',
    'kmemleak.pool-free=5',
    'horizon=1s',
    'costs={pageNs: 1}',
  ])('changes with %s', (set) => {
    const [before, after] = [ids(scenario()), ids(scenario([set]))];
    expect(after).toHaveLength(before.length);
    for (const id of after) expect(before).not.toContain(id);
  });

  it('follows what a proposal does, not what it is called', () => {
    // Equal masks for a GFP_ATOMIC caller, but other rules around them.
    const [quiet, , nowait, , strict] = ids(scenario());
    expect(nowait).toBe(quiet);
    expect(strict).toBe(quiet);
    const kernel = ids(scenario(['load.0.params.gfp=GFP_KERNEL']));
    expect(kernel[4]).not.toBe(kernel[0]);
  });

  it('is 32 hex digits', () => {
    for (const id of ids(scenario())) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });
});
