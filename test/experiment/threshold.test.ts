import { describe, expect, test } from 'vitest';
import { parseThreshold, refuseStrangers } from '../../src/experiment/threshold.ts';
import { ALIVE, FAILURES } from './sample-runs.ts';

const STALL = { ...FAILURES, name: 'stall_ns_p99', unit: 'ns' } as const;
const BYTES = {
  ...FAILURES,
  name: 'metadata_bytes_max',
  unit: 'bytes',
  better: 'neither',
} as const;
const limitOf = (text: string) => parseThreshold(text, [FAILURES, ALIVE, STALL, BYTES]).limit;

describe('a threshold', () => {
  test.each([
    ['host_failures:5%', { kind: 'change', direction: 'up', amount: 0.05, relative: true }],
    ['host_failures:-5', { kind: 'change', direction: 'down', amount: 5, relative: false }],
    ['host_failures:~2.5%', { kind: 'change', direction: 'either', amount: 0.025, relative: true }],
    ['kmemleak_alive:0', { kind: 'change', direction: 'down', amount: 0, relative: false }],
    ['stall_ns_p99:+2ms', { kind: 'change', direction: 'up', amount: 2e6, relative: false }],
    ['stall_ns_p99<500us', { kind: 'absolute', statistic: 'mean', operator: '<', value: 5e5 }],
    [
      'stall_ns_p99.p99 <= 500',
      { kind: 'absolute', statistic: { quantile: 0.99 }, operator: '<=', value: 500 },
    ],
    [
      'metadata_bytes_max.max<1MiB',
      { kind: 'absolute', statistic: 'max', operator: '<', value: 1048576 },
    ],
    ['kmemleak_alive>=1', { kind: 'absolute', statistic: 'mean', operator: '>=', value: 1 }],
  ])('%s', (text, limit) => {
    expect(limitOf(text)).toEqual(limit);
  });

  test('may be of one variant', () => {
    expect(parseThreshold('kmemleak_alive@pool-5.4>=1', [ALIVE])).toMatchObject({
      variant: 'pool-5.4',
      metric: ALIVE,
    });
  });

  test.each([
    ['host_failure:5%', "no metric 'host_failure'; did you mean 'host_failures'?"],
    ['host_failures', 'not a threshold'],
    ['host_failures:', 'not a threshold'],
    ['host_failures:five', "'five' is not a number"],
    ['host_failures.p101<5', "no statistic 'p101'"],
    ['metadata_bytes_max:5%', 'has no better direction'],
    ['kmemleak_alive:5%', 'a share has no percentage of itself'],
    ['stall_ns_p99<5 parsecs', "unknown unit 'parsecs'"],
    ['host_failures.p99.9.9<5', "no metric 'host_failures.p99.9'"],
  ])('%s is refused', (text, said) => {
    expect(() => limitOf(text)).toThrow(said);
  });

  test('of a variant that is not there is refused with the nearest', () => {
    const thresholds = ['kmemleak_alive>=1', 'kmemleak_alive@pool-5.5>=1'].map((text) =>
      parseThreshold(text, [ALIVE]),
    );
    expect(() => refuseStrangers(thresholds, ['quiet-2011', 'pool-5.5'])).not.toThrow();
    expect(() => refuseStrangers(thresholds, ['quiet-2011', 'pool-5.4'])).toThrow(
      "no variant 'pool-5.5' in these runs; did you mean 'pool-5.4'?",
    );
  });
});
