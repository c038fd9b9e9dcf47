import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../src/experiment/run-result.ts';
import { buildReport } from '../../src/report/build-report.ts';
import type { Report } from '../../src/report/report.ts';
import { standingsOf, winnersOf } from '../../src/report/standings.ts';
import { verdictOf } from '../../src/report/verdict.ts';
import { ALIVE, DEATH, FAILURES, run } from '../experiment/sample-runs.ts';
import { SAMPLE_META, sampleReport } from './sample-report.ts';

interface Load {
  readonly name: string;
  /** By variant: alive in so many of four runs; the baseline first. */
  readonly alive: Readonly<Record<string, number>>;
  readonly failures?: Readonly<Record<string, number>>;
}

function loadOf({ name, alive, failures = {} }: Load): Report {
  const results = Object.entries(alive).flatMap(([variant, hits]) =>
    [0, 1, 2, 3].map((replication): RunResult => {
      const lives = replication < hits;
      const death = lives ? { value: null, censoredAt: 100 } : 40 + replication;
      const refused = failures[variant] ?? 5;
      const metrics = {
        kmemleak_alive: lives ? 1 : 0,
        kmemleak_death_alloc: death,
        host_failures: refused + replication,
      };
      return run({ variant, replication, fingerprint: `${variant}${replication}`, metrics });
    }),
  );
  const [baseline = ''] = Object.keys(alive);
  const meta = { ...SAMPLE_META, name, baseline, replications: 4, bounds: ['untracked'] };
  return buildReport(meta, results, [ALIVE, DEATH, FAILURES]);
}

describe('the standings', () => {
  const first = loadOf({ name: 'one', alive: { old: 0, half: 2, pool: 4, untracked: 4 } });
  const second = loadOf({ name: 'two', alive: { old: 0, half: 4, pool: 4, extra: 4 } });

  test('put who lives in most loads first, and bounds last, whatever they reach', () => {
    const names = standingsOf([first]).map(({ variant }) => variant);
    expect(names).toEqual(['pool', 'half', 'old', 'untracked']);
  });

  test('are of those alone that were tried in every load', () => {
    const all = standingsOf([first, second]);
    expect(all.map(({ variant, full, share }) => [variant, full, share])).toEqual([
      ['pool', 2, 1],
      ['half', 1, 0.75],
      ['old', 0, 0],
    ]);
    expect(winnersOf(all).map(({ variant }) => variant)).toEqual(['pool']);
  });

  test('count a livelock as no life', () => {
    const loops = standingsOf([sampleReport()]).find(({ variant }) => variant === 'loops')!;
    expect([loops.full, loops.share, loops.loads[0]?.stuck]).toEqual([0, 0, true]);
  });
});

describe('the verdict', () => {
  test('names the winner, its score and the next', () => {
    const report = loadOf({ name: 'one', alive: { old: 0, half: 2, pool: 4 } });
    const { winner, why } = verdictOf([report])!;
    expect(winner).toBe('pool keeps kmemleak alive in all 4 runs. Next: half, in 2 of 4 runs.');
    expect(why).toEqual([
      'Others lose it to the first refused request for metadata: at request 41.5 to 43; medians.',
      'Its price: none seen.',
    ]);
  });

  test('says in words that all others never reach it', () => {
    const report = loadOf({ name: 'one', alive: { a: 0, b: 0, pool: 4 } });
    expect(verdictOf([report])!.winner).toBe(
      'pool keeps kmemleak alive in all 4 runs. The other 2 lose it in every run.',
    );
    const single = loadOf({ name: 'one', alive: { old: 0, pool: 4 } });
    expect(verdictOf([single])!.winner).toMatch(/ runs\. old loses it in every run\.$/);
  });

  test('counts loads where there are several', () => {
    const loads = [
      loadOf({ name: 'one', alive: { old: 0, half: 2, pool: 4 } }),
      loadOf({ name: 'two', alive: { old: 0, half: 4, pool: 4 } }),
    ];
    expect(verdictOf(loads)!.winner).toBe(
      'pool keeps kmemleak alive in all 2 loads (all 8 runs). ' +
        'Next: half, in 1 of 2 loads (6 of 8 runs).',
    );
  });

  test('calls a tie a tie, and nobody nobody', () => {
    const tie = loadOf({ name: 'one', alive: { old: 0, a: 4, b: 4 } });
    expect(verdictOf([tie])!.winner).toMatch(/^a and b keep kmemleak alive in all 4 runs\. /);
    expect(verdictOf([tie])!.why).toContain('The price of a and b: none seen.');
    const paid = loadOf({ name: 'one', alive: { old: 0, a: 4, b: 4 }, failures: { b: 9 } });
    expect(verdictOf([paid])!.winner).toMatch(
      /^a keeps kmemleak alive in all 4 runs at no cost seen; b too, at a price\. old loses it in every run\.$/,
    );
    const prices = verdictOf([paid])!.why.slice(-2);
    expect(prices[0]).toBe('The price of a: none seen.');
    expect(prices[1]).toMatch(
      /^The price of b, against old: .*\(host_failures\): 6\.5 to 10\.5\.$/,
    );
    const all = loadOf({ name: 'one', alive: { a: 4, b: 4 } });
    expect(verdictOf([all])!.winner).toBe('All 2 proposals keep kmemleak alive in all 4 runs.');
    const none = loadOf({ name: 'one', alive: { old: 0, half: 0 } });
    expect(verdictOf([none])!.winner).toBe('None of 2 proposals ever keeps kmemleak alive.');
    expect(verdictOf([none])!.why[0]).toMatch(/^They lose it /);
  });

  test('names the price with both numbers', () => {
    const failures = { old: 5, pool: 9 };
    const report = loadOf({ name: 'one', alive: { old: 0, pool: 4 }, failures });
    expect(verdictOf([report])!.why.at(-1)).toMatch(
      /^Its price, against old: .* \(host_failures\): 6\.5 to 10\.5\.$/,
    );
  });

  test('says what the winner is, where it is known', () => {
    const report = loadOf({ name: 'one', alive: { old: 0, pool: 4 } });
    const summaries = { pool: 'keeps spare objects' };
    const source = { rows: 'proposals', commands: [], parameters: [], missing: [] } as const;
    const why = verdictOf([{ ...report, source: { ...source, summaries } }])!.why;
    expect(why[0]).toBe('Why: pool: keeps spare objects.');
  });

  test('of results beside each other says what moved', () => {
    const source = { rows: 'results', commands: [], parameters: [], missing: [], summaries: {} };
    const side = (load: Load) => ({ ...loadOf(load), source }) as Report;
    const failures = { before: 5, after: 3 };
    const moved = side({ name: 'one', alive: { before: 0, after: 4 }, failures });
    const still = side({ name: 'two', alive: { before: 4, after: 4 } });
    const { winner, why } = verdictOf([moved, still])!;
    expect(winner).toBe('1 of 2 loads differ from before.');
    expect(why).toEqual([
      'after is better in kmemleak_alive (one), kmemleak_death_alloc (one), host_failures (one).',
    ]);
    expect(verdictOf([still])!.winner).toBe('Nothing differs: 1 load, the same in every run.');
  });
});
