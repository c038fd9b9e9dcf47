import { expect, it } from 'vitest';
import { planRuns } from '../../src/experiment/plan.ts';
import { Runner } from '../../src/experiment/run.ts';
import { importTrace } from '../../src/scenario/import/kmem-trace.ts';
import { parseTrace, traceText } from '../../src/workload/trace-text.ts';
import { catalogs, load } from '../scenario/sample-scenarios.ts';

// Is the log of a run a trace of it, and does the trace, played, ask for the same?

const TRACE = [
  'time_ns,op,object,size_bytes,gfp',
  '0,alloc,0,232,GFP_KERNEL|__GFP_ZERO',
  '40000,alloc,1,64,GFP_ATOMIC',
  '90000,free,0,,',
  '120000,alloc,0,9000,GFP_NOWAIT',
  '200000,free,1,,',
  '',
].join('\n');

const scenarioOf = (params: string, more = '') => `question: q
kernel: "6.1"
machine: { memory: 128MiB }
load:
  - workload: ${params}
variants: [quiet-2011]
replications: 1
${more}`;

/** The log of the only run, and what the run was without anybody listening. */
function logged(text: string, files: Readonly<Record<string, string>> = {}) {
  const { scenario } = load(text, files);
  const runner = new Runner([scenario], catalogs);
  const { spec } = planRuns([scenario], catalogs).at(0);
  const lines: string[] = [];
  runner.log(spec, (line) => lines.push(line));
  const result = runner.run(spec);
  return { lines, result, log: `${lines.join('\n')}\n` };
}

it('a played trace comes back from the log of its run', () => {
  const { log } = logged(scenarioOf('trace\n    params: { file: t.csv }'), { 't.csv': TRACE });
  const [before, after] = [TRACE, traceText(importTrace(log, 'log').rows)].map((text) =>
    parseTrace(text, 't.csv'),
  );
  expect(after!.length).toBe(before!.length);
  for (const column of ['objects', 'sizesBytes', 'masks'] as const) {
    expect([column, ...after![column]]).toEqual([column, ...before![column]]);
  }
  expect(after!.written.map(({ gfp }) => gfp)).toEqual(before!.written.map(({ gfp }) => gfp));
  for (const [row, ns] of after!.timesNs.entries()) {
    expect(Math.abs(ns - before!.timesNs[row]!)).toBeLessThan(3000);
  }
});

it('the log has each request and free, and no event more', () => {
  const faults = 'fault: { failslab: { probability: 10, times: -1, ignore-gfp-wait: N } }\n';
  const text = scenarioOf('churn\n    params: { attempts: 400, slots: 64 }', faults);
  const { lines, log, result } = logged(text);
  const trace = importTrace(log, 'log');
  const { host_failures: failures } = result.metrics;
  expect(failures!.value).toBeGreaterThan(20);
  expect(trace).toMatchObject({ requests: 400, refused: failures!.value, inferred: 0, left: 0 });
  const kmem = lines.filter((line) => /: (kmalloc|kfree): /.test(line));
  expect(kmem).toHaveLength(trace.requests + trace.frees);
  expect(lines.length - kmem.length).toBe(result.events);
});

it('tells what interrupts, leaks and objects that stay are', () => {
  const leaks = importTrace(
    logged(scenarioOf('leaker\n    params: { attempts: 300, leaks: 20, live: 16 }')).log,
    'l',
  );
  expect(leaks.requests).toBe(300);
  expect(leaks.left).toBeGreaterThan(20);
  expect(leaks.inferred).toBe(0);
  const drained = importTrace(logged(scenarioOf('drain\n    params: { attempts: 50 }')).log, 'l');
  expect(drained).toMatchObject({ requests: 50, frees: 0, left: 50, slots: 50 });
});
