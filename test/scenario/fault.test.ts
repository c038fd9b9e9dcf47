import { describe, expect, it } from 'vitest';
import { planRuns } from '../../src/experiment/plan.ts';
import { Runner } from '../../src/experiment/run.ts';
import { showRows } from '../../src/scenario/show-rows.ts';
import { catalogs, load, SMALL } from './sample-scenarios.ts';

/*
 * Every knob of fault injection as a scenario writes it: what it leads to, and what is said when
 * it is written wrongly.
 */

const CHURN = `${SMALL.slice(0, SMALL.indexOf('load:'))}load:
  - workload: churn
    params: { slots: 256, attempts: 2000, seed: 1 }
`;
/** Every second eligible request fails, whoever asks. */
const ALTERNATE = 'probability: 100, interval: 2, times: -1, ignore-gfp-wait: N';

/** Metrics of one run. */
function run(text: string, variant = 'quiet-2011'): Record<string, number | null> {
  const { scenario } = load(text);
  const runner = new Runner([scenario], catalogs);
  const { metrics } = runner.run({ scenario: 's', variant, replication: 0, seed: '1' });
  return Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, value]));
}

describe('the cache filter', () => {
  const marked = (names: string) =>
    `${CHURN}fault: { failslab: { ${ALTERNATE}, cache-filter: Y, marked-caches: [${names}] } }\n`;
  const KMALLOC = [32, 64, 128, 256, 512, 1024, 2048, 4096].map((size) => `kmalloc-${size}`);

  it('with the kmalloc caches marked judges callers alone: every second one fails', () => {
    const seen = run(marked(KMALLOC.join(', ')));
    expect(seen).toMatchObject({
      kmemleak_alive: 1,
      failslab_checked_host: 2000,
      failslab_checked_metadata: 0,
      host_failures: 1000,
    });
  });

  it('with one cache marked judges that size alone', () => {
    const seen = run(marked('kmalloc-64'));
    expect(Math.abs(seen['failslab_checked_host']! - 250)).toBeLessThan(60);
    expect(seen['host_failures']).toBe(Math.floor(seen['failslab_checked_host']! / 2));
  });

  it('with the metadata cache marked fails only metadata', () => {
    const seen = run(marked('kmemleak_object'));
    expect(seen).toMatchObject({ kmemleak_death_alloc: 2, host_failures: 0 });
  });

  it('of a name in another kernel’s spelling says how this one spells it', () => {
    expect(() => run(marked('kmalloc-1k'))).toThrow("did you mean 'kmalloc-1024'?");
    const recent = marked('kmalloc-4096').replace('kernel: "4.17"', 'kernel: "6.1"');
    expect(() => run(recent)).toThrow("did you mean 'kmalloc-4k'?");
  });

  it('with nothing marked injects nothing', () => {
    expect(run(marked(''))).toMatchObject({ failslab_checked_host: 0, host_failures: 0 });
  });

  it('names a cache that there is not, in the words of the kernel', () => {
    expect(() => load(marked('kmalloc-63'))).toThrow(
      "s.yaml:8:20: unknown slab cache 'kmalloc-63'; did you mean 'kmalloc-64'?",
    );
    expect(() => load(marked('kmalloc-1k'))).toThrow("unknown slab cache 'kmalloc-1k'");
    expect(() => load(marked('kmalloc-1k').replace('4.17', '6.1'))).not.toThrow();
  });
});

describe("a task's own settings", () => {
  const tasks = (own: string, knobs: string) =>
    `${CHURN.replace('  - workload', `  - ${own}\n    workload`)}fault: { failslab: { ${knobs} } }\n`;

  it('fail-nth 2 hits the first metadata, fail-nth 3 the second caller', () => {
    const knobs = 'ignore-gfp-wait: N';
    expect(run(tasks('fail-nth: 2', knobs))).toMatchObject({
      kmemleak_death_alloc: 1,
      injected_host: 0,
      injected_metadata: 1,
    });
    expect(run(tasks('fail-nth: 3', knobs))).toMatchObject({
      kmemleak_alive: 1,
      first_host_failure_alloc: 2,
      injected_host: 1,
    });
    expect(run(tasks('fail-nth: 2', knobs), 'nofail-4.15')).toMatchObject({
      kmemleak_alive: 1,
      first_host_failure_alloc: 2,
    });
  });

  it('the task filter spares who is not to fail', () => {
    const filtered = `${ALTERNATE}, task-filter: Y`;
    expect(run(tasks('make-it-fail: Y', filtered))['kmemleak_alive']).toBe(0);
    expect(run(tasks('make-it-fail: N', filtered))).toMatchObject({
      kmemleak_alive: 1,
      host_failures: 0,
    });
    expect(run(tasks('make-it-fail: N', ALTERNATE))['kmemleak_alive']).toBe(0);
  });
});

describe('a pool for every variant', () => {
  const pooled = (kmemleak: string) =>
    `${CHURN}kmemleak: { ${kmemleak} }\nfault: { failslab: { ${ALTERNATE} } }\n`;

  it('stands behind masks that bring none, and can be taken from one that does', () => {
    const behind = run(pooled('pool: 16000'), 'quiet-2011');
    expect(behind['kmemleak_alive']).toBe(1);
    expect(behind['metadata_pool']).toBe(behind['metadata_failures']);
    expect(run(pooled('pool-free: 16000'), 'quiet-2011')['kmemleak_alive']).toBe(0);
    expect(run(pooled('pool: 0'), 'pool-5.4')['kmemleak_death_alloc']).toBe(1);
  });

  it('of one entry dies with the second metadata fault', () => {
    const seen = run(pooled('pool: 1'), 'pool-5.4');
    expect(seen).toMatchObject({ metadata_failures: 2, metadata_pool: 1, kmemleak_death_alloc: 2 });
  });

  it('is shown, and makes other runs than another', () => {
    const rows = showRows(load(pooled('pool: 7')), catalogs);
    expect(rows.find(({ path }) => path === 'kmemleak.pool')).toMatchObject({ value: 7 });
    const ids = [7, 8].map((size) => {
      const { scenario } = load(pooled(`pool: ${size}`));
      return planRuns([scenario], catalogs).at(0).id;
    });
    expect(ids[0]).not.toBe(ids[1]);
  });
});

describe('built-in fault injection', () => {
  const drain = (fault: string) => `${SMALL}${fault}`;

  it('is what fi-nofail goes by, whether or not any fault is asked for', () => {
    expect(run(drain(''), 'fi-nofail')['warnings_W2']).toBeGreaterThan(0);
    expect(run(drain('fault: { built-in: N }\n'), 'fi-nofail')['warnings_W2']).toBe(0);
    expect(run(drain(''), 'quiet-2011')['warnings_W2']).toBe(0);
  });

  it('must be there for faults', () => {
    expect(() => load(drain('fault: { built-in: N, failslab: "1,10,0,-1" }\n'))).toThrow(
      'without fault injection',
    );
  });
});

describe('knobs written wrongly', () => {
  it.each([
    ['failslab: { probability: 101 }', /s\.yaml:8:35: .*'101'.*expected .*0% to 100%/],
    ['failslab: { probability: .nan }', /s\.yaml:8:35: .*expected/],
    ['failslab: { probability: -1 }', /s\.yaml:8:35: .*'-1'/],
    ['failslab: { probability: 12.5 }', /s\.yaml:8:\d+: .*probability 12\.5/],
    ['failslab: { probability: ten }', /s\.yaml:8:35: .*'ten'/],
    ['failslab: { interval: -3 }', /s\.yaml:8:32: .*1/],
    ['failslab: { interval: 0 }', /s\.yaml:8:32: .*1/],
    ['failslab: { times: -2 }', /s\.yaml:8:29: .*-1/],
    ['failslab: { space: 1.5 }', /s\.yaml:8:29: /],
    ['failslab: { intervall: 3 }', /intervall.*did you mean 'interval'/],
    ['failslab: { min-order: 1 }', /min-order/],
    ['failslab: "10,100"', /s\.yaml:8:20: .*interval,probability,space,times/],
    ['failslab: "1,101,0,-1"', /probability 101/],
    ['failslab: { stacktrace-depth: 4 }', /does not model|not modelled/],
    ['failslab: { cache-filter: maybe }', /s\.yaml:8:36: /],
    ['fail_page_alloc: { min-order: 11 }', /s\.yaml:8:40: .*10/],
    ['fail_page_alloc: { cache-filter: Y }', /cache-filter/],
    ['failslap: { probability: 1 }', /did you mean 'failslab'/],
  ])('%s', (fault, message) => {
    expect(() => load(`${SMALL}fault: { ${fault} }\n`)).toThrow(message);
  });

  it.each([
    ['fail-nth: -1', /fail-nth|s\.yaml:\d+:\d+/],
    ['make-it-fail: perhaps', /s\.yaml:\d+:\d+/],
  ])('%s', (own, message) => {
    const text = SMALL.replace('  - workload', `  - ${own}\n    workload`);
    expect(() => load(text)).toThrow(message);
  });
});
