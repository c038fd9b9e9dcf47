import { describe, expect, test } from 'vitest';
import { machineFor, settingOf } from './loaded-machine.ts';

const LOAD = `
kernel: "6.1"
machine: { memory: 64MiB }
load:
  - workload: churn
    params: { attempts: 2000, think: 50us }
`;

function run(samplePeriodNs?: number) {
  const setting = settingOf(LOAD);
  const sampling = samplePeriodNs === undefined ? {} : { samplePeriodNs };
  const machine = machineFor({ ...setting, config: { ...setting.config, ...sampling } });
  machine.run(setting.horizonNs);
  return machine.readings();
}

describe('a time series', () => {
  const plain = run();
  const sampled = run(1_000_000);
  const { names, rows, values } = sampled.series!;
  const column = (name: string) => {
    const at = names.indexOf(name);
    return Array.from({ length: rows }, (_, row) => values[row * names.length + at]!);
  };

  test('is kept only where it was asked for', () => {
    expect(plain.series).toBeNull();
  });

  test('changes nothing of the run', () => {
    expect(sampled.fingerprint).toBe(plain.fingerprint);
    expect(sampled.events).toBe(plain.events);
  });

  test('has a row every period, from the first moment to the last', () => {
    expect(column('ns')).toEqual(Array.from({ length: rows }, (_, row) => row * 1_000_000));
    expect(rows).toBe(Math.floor(sampled.simulatedNs / 1_000_000) + 1);
  });

  test('begins and ends with what the machine had', () => {
    const free = column('free_dma32');
    const [first] = free;
    expect(first).toBeGreaterThan(free.at(-1)!);
    const counts = column('pgalloc_dma32');
    expect(counts[0]).toBe(0);
    // Nothing is taken after the last row but by the frees in the end.
    expect(counts.at(-1)).toBe(sampled.vmstat['pgalloc_dma32']);
    for (let row = 1; row < rows; row++)
      expect(counts[row]).toBeGreaterThanOrEqual(counts[row - 1]!);
  });

  test('drops every second row when there are too many', () => {
    const fine = run(1000).series!;
    const at = fine.names.indexOf('pgalloc_dma32');
    expect(fine.rows).toBeLessThanOrEqual(65_536);
    const periodNs = fine.values[fine.names.length]!;
    expect(periodNs).toBeGreaterThan(1000);
    expect(Math.log2(periodNs / 1000) % 1).toBe(0);
    // The same moments of the other series say the same.
    for (let row = 0; row < fine.rows; row++) {
      const ns = fine.values[row * fine.names.length]!;
      expect(ns).toBe(row * periodNs);
      if (ns % 1_000_000 !== 0) continue;
      expect(fine.values[row * fine.names.length + at]).toBe(column('pgalloc_dma32')[ns / 1e6]);
    }
  });
});
