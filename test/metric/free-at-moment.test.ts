import { expect, test } from 'vitest';
import { loadCatalog } from '../../src/base/catalog-folder.ts';
import type { Metric } from '../../src/metric/metric.ts';
import { moment, readingsWith } from './idle-readings.ts';

const metrics = await loadCatalog<Metric>(
  'metric',
  new URL('../../src/metric/metrics/', import.meta.url),
);

const zone = (name: string, free: number) => ({ name, free, boost: 1, highatomic: 2 });
const readings = readingsWith({
  last: moment(90, 900),
  firstMetadataFailure: { ...moment(14, 40), zones: [zone('DMA', 111), zone('DMA32', 126)] },
  firstHostFailure: { ...moment(20, 60), zones: [zone('DMA', 105), zone('DMA32', 104)] },
});
const read = (name: string, from = readings) => metrics.get(name).read(from);

test('free pages are those of the zone and of the moment', () => {
  expect(read('first_metadata_failure_alloc')).toBe(14);
  expect(read('first_metadata_failure_free_dma')).toBe(111);
  expect(read('first_metadata_failure_free_dma32')).toBe(126);
  expect(read('first_host_failure_free_dma')).toBe(105);
  expect(read('first_host_failure_free_dma32')).toBe(104);
});

test('without the zone, or the moment, there are none', () => {
  expect(read('first_metadata_failure_free_normal')).toBeNull();
  expect(read('first_host_failure_free_normal')).toBeNull();
  const calm = readingsWith({ last: moment(90, 900) });
  expect(read('first_host_failure_free_dma', calm)).toBeNull();
  expect(read('first_metadata_failure_free_dma32', calm)).toBeNull();
  expect(read('first_metadata_failure_alloc', calm)).toBeNull();
  expect(metrics.get('first_metadata_failure_alloc').survival?.censoredAt(calm)).toBe(90);
});

test('zone Normal is read, too', () => {
  const large = readingsWith({
    firstMetadataFailure: { ...moment(1, 1), zones: [zone('Normal', 7)] },
    firstHostFailure: { ...moment(2, 2), zones: [zone('Normal', 5)] },
  });
  expect(read('first_metadata_failure_free_normal', large)).toBe(7);
  expect(read('first_host_failure_free_normal', large)).toBe(5);
});
