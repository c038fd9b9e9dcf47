import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Catalog } from '../../src/base/catalog.ts';
import { loadCatalog } from '../../src/base/catalog-folder.ts';
import { RandomStreams } from '../../src/engine/random-streams.ts';
import linux417 from '../../src/kernel/profiles/4.17.ts';
import linux61 from '../../src/kernel/profiles/6.1.ts';
import {
  OP_READ,
  OP_RELEASE,
  OP_TOUCH,
  type Operation,
  type OperationSource,
} from '../../src/model/operation.ts';
import type { Workload } from '../../src/workload/workload.ts';
import { perform } from '../workload/perform.ts';

const WORKLOADS = new URL('../../src/workload/workloads/', import.meta.url);

let workloads: Catalog<Workload>;

beforeAll(async () => {
  workloads = await loadCatalog<Workload>('workload', WORKLOADS);
});

/** What a load cannot do without: the text of the file that a scenario names. */
const NEEDED: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  trace: {
    repeat: 3,
    file: [
      'time_ns,op,object,size_bytes,gfp',
      ...['0,alloc,0,64,GFP_KERNEL', '10,alloc,1,192,GFP_ATOMIC', '10,free,0,,'],
      ...['25,alloc,0,4096,GFP_KERNEL|__GFP_ZERO', '30,free,1,,', '31,free,0,,'],
    ].join('\n'),
  },
};

function paramsOf(workload: Workload): unknown {
  return workload.parameters.parse(NEEDED[workload.name] ?? {});
}

/** Refusals that end any load: every seventh request, and all from the 3000th on. */
const refuse = (index: number) => index % 7 === 0 || index >= 3000;

/** Slots, classes, pages and times that the source has declared or that make sense. */
function isWithin(operation: Operation, source: OperationSource): boolean {
  const { kind, slot, gfpClass, thinkNs, notBeforeNs } = operation;
  if (!Number.isSafeInteger(thinkNs) || !Number.isSafeInteger(notBeforeNs)) return false;
  if (kind === OP_TOUCH || kind === OP_RELEASE) return slot < source.process!.pages;
  if (kind === OP_READ) return slot < source.file!.pages;
  return gfpClass < source.classes.length && slot < Math.max(source.slots, 1);
}

function trace(workload: Workload, kernel = linux417) {
  const params = paramsOf(workload);
  return perform(workload.start(params, new RandomStreams('7', 3), kernel), refuse);
}

describe('every workload', () => {
  it('is there', () => {
    const user = ['file-reader', 'fork-storm', 'hog'];
    const callers = ['churn', 'drain', 'hole-filler', 'leaker', 'network-burst'];
    expect(workloads.names()).toEqual([...user, ...callers, 'trace'].sort());
  });

  it('runs with no parameter but what it needs, and ends, but for the hog, which is killed', () => {
    for (const workload of workloads.all()) {
      const { operations, live, endless } = trace(workload);
      expect(operations).toBeGreaterThan(0);
      // Packets that nobody has read yet stay.
      if (workload.name !== 'network-burst') expect(live).toBe(0);
      expect([workload.name, endless]).toEqual([workload.name, workload.name === 'hog']);
    }
  });

  it('does the same twice, for the same outcomes', () => {
    for (const workload of workloads.all()) {
      expect(trace(workload).trace).toEqual(trace(workload).trace);
      expect(trace(workload).trace).toEqual(trace(workload, linux61).trace);
    }
  });

  it('has a class or a process, unsigned masks, and uses no other class', () => {
    for (const workload of workloads.all()) {
      const params = paramsOf(workload);
      const source = workload.start(params, new RandomStreams('7', 3), linux417);
      expect(source.classes.length > 0 || source.process !== undefined).toBe(true);
      for (const { name, gfp } of source.classes) {
        expect(name).not.toBe('');
        expect(gfp).toBe(gfp >>> 0);
      }
      let wrong = 0;
      perform(source, refuse, (operation) => {
        if (!isWithin(operation, source)) wrong += 1;
      });
      expect([workload.name, wrong]).toEqual([workload.name, 0]);
    }
  });

  it('refuses a parameter that it does not know', () => {
    for (const workload of workloads.all()) {
      expect(workload.parameters.safeParse({ nonsense: 1 }).success).toBe(false);
    }
  });

  it('has a parameter for each file that it reads, and tells where a text is wrong', () => {
    const reading = workloads.all().filter(({ files }) => files !== undefined);
    expect(reading.map(({ name }) => name)).toEqual(Object.keys(NEEDED));
    for (const workload of reading) {
      const schema = z.toJSONSchema(workload.parameters, { io: 'input' });
      for (const [name, { expected, check }] of Object.entries(workload.files!)) {
        expect(schema.properties).toHaveProperty(name);
        expect(expected).toMatch(/^an? \w/);
        check(String(NEEDED[workload.name]![name]), 'right', linux417);
        for (const text of ['', 'no such thing\n']) {
          expect(() => check(text, 'wrong', linux417)).toThrow(/^wrong:1:\d+: .*; expected /);
        }
      }
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
