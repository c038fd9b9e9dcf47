import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Catalog } from '../../src/base/catalog.ts';
import { loadCatalog } from '../../src/base/catalog-folder.ts';
import { RandomStreams } from '../../src/engine/random-streams.ts';
import linux417 from '../../src/kernel/profiles/4.17.ts';
import linux61 from '../../src/kernel/profiles/6.1.ts';
import type { Workload } from '../../src/workload/workload.ts';
import { perform } from '../workload/perform.ts';

const WORKLOADS = new URL('../../src/workload/workloads/', import.meta.url);

let workloads: Catalog<Workload>;

beforeAll(async () => {
  workloads = await loadCatalog<Workload>('workload', WORKLOADS);
});

/** Refusals that end any load: every seventh request, and all from the 3000th on. */
const refuse = (index: number) => index % 7 === 0 || index >= 3000;

function trace(workload: Workload, kernel = linux417) {
  const params = workload.parameters.parse({});
  return perform(workload.start(params, new RandomStreams('7', 3), kernel), refuse);
}

describe('every workload', () => {
  it('is there', () => {
    expect(workloads.names()).toEqual(['churn', 'drain']);
  });

  it('runs with no parameter given, and ends', () => {
    for (const workload of workloads.all()) {
      expect(trace(workload).attempts).toBeGreaterThan(0);
      expect(trace(workload).live).toBe(0);
    }
  });

  it('does the same twice, for the same outcomes', () => {
    for (const workload of workloads.all()) {
      expect(trace(workload).trace).toEqual(trace(workload).trace);
      expect(trace(workload).trace).toEqual(trace(workload, linux61).trace);
    }
  });

  it('has at least one class, each with an unsigned mask, and uses no other', () => {
    for (const workload of workloads.all()) {
      const params = workload.parameters.parse({});
      const source = workload.start(params, new RandomStreams('7', 3), linux417);
      expect(source.classes.length).toBeGreaterThan(0);
      for (const { name, gfp } of source.classes) {
        expect(name).not.toBe('');
        expect(gfp).toBe(gfp >>> 0);
      }
      perform(source, refuse, (operation) => {
        expect(operation.gfpClass).toBeLessThan(source.classes.length);
        expect(operation.slot).toBeLessThan(Math.max(source.slots, 1));
        expect(Number.isSafeInteger(operation.thinkNs)).toBe(true);
      });
    }
  });

  it('refuses a parameter that it does not know', () => {
    for (const workload of workloads.all()) {
      expect(workload.parameters.safeParse({ nonsense: 1 }).success).toBe(false);
    }
  });

  it('describes every parameter, for editors and explain', () => {
    for (const workload of workloads.all()) {
      const schema = z.toJSONSchema(workload.parameters, { io: 'input' });
      const properties = Object.values(schema.properties ?? {});
      expect(properties.length).toBeGreaterThan(3);
      for (const property of properties) {
        const { description } = property as { description?: string };
        expect(description).toMatch(/^[_A-Z].{8,}[^.]$/);
      }
    }
  });
});
