import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../../src/engine/random-streams.ts';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import linux417 from '../../../src/kernel/profiles/4.17.ts';
import linux61 from '../../../src/kernel/profiles/6.1.ts';
import { FAILSLAB_DEFAULTS } from '../../../src/model/fault/fault-attr.ts';
import type { KmemleakVariant } from '../../../src/model/kmemleak/variant.ts';
import fiNofail from '../../../src/model/kmemleak/variants/fi-nofail.ts';
import knobTask from '../../../src/model/kmemleak/variants/knob-task.ts';
import nofail from '../../../src/model/kmemleak/variants/nofail-4.15.ts';
import nofaultinject from '../../../src/model/kmemleak/variants/nofaultinject.ts';
import poolVariant from '../../../src/model/kmemleak/variants/pool-5.4.ts';
import quiet from '../../../src/model/kmemleak/variants/quiet-2011.ts';
import rfcNowait from '../../../src/model/kmemleak/variants/rfc-nowait.ts';
import rfcStrict from '../../../src/model/kmemleak/variants/rfc-strict.ts';
import churn from '../../../src/workload/workloads/churn.ts';
import { TinyMachine } from './tiny-machine.ts';

/*
 * The measured churns again. The real injectors' random numbers are not known, so chances are
 * compared as counts of two samples; what cannot happen must not happen, and the class mix of a
 * run without failures must be the same to the last request.
 */

const VARIANTS = [
  fiNofail,
  knobTask,
  nofail,
  nofaultinject,
  quiet,
  rfcNowait,
  rfcStrict,
] as KmemleakVariant[];
const CLASSES = ['kernel', 'atomic', 'nowait'];

type Row = Record<string, string>;

function rowsOf(name: string): Row[] {
  const file = new URL(`../../fixtures/kmemleak/${name}.csv`, import.meta.url);
  const [header, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const names = header!.split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    return Object.fromEntries(names.map((field, index) => [field, fields[index]!]));
  });
}

/** The churn of a measured row, with the injector's dice thrown anew. */
function repeat(row: Row, kernel: KernelProfile, gfp?: string): TinyMachine {
  const known = VARIANTS.find((variant) => variant.name === row['variant'])!;
  const pooled = row['pool'] === '1' ? { reserve: poolVariant.reserve! } : {};
  const failslab = {
    ...FAILSLAB_DEFAULTS,
    probability: Number(row['probability']),
    interval: Number(row['interval'] ?? 1),
    times: -1,
    ignoreGfpWait: row['ignore_gfp_wait'] === 'Y',
  };
  const seed = Number(row['seed']);
  const params = churn.parameters.parse({
    seed,
    attempts: Number(row['attempts']),
    ...(gfp === undefined ? {} : { gfp }),
  });
  const source = churn.start(params, new RandomStreams('1', 0), kernel);
  const callers = source.classes.map((entry) => entry.gfp);
  const setting = { kernel, variant: { ...known, ...pooled }, fault: { failslab }, seed };
  return new TinyMachine({ ...setting, poolFree: 15846 }, callers).run(source);
}

/** Two counts of rare things over the same number of trials: five standard errors apart at most. */
function expectAlike(ours: number, measured: number, what: string): void {
  if (ours === 0 || measured === 0) {
    expect([what, Math.max(ours, measured) < 12]).toEqual([what, true]);
    return;
  }
  const distance = Math.abs(ours - measured) / Math.sqrt(ours + measured);
  expect([what, distance < 4.5 ? 'alike' : `${ours} against ${measured}`]).toEqual([what, 'alike']);
}

function expectRow(row: Row, kernel: KernelProfile): void {
  const run = repeat(row, kernel);
  const what = JSON.stringify(row);
  const faults = run.failslab.readings();
  expect([what, run.kmemleak.alive]).toEqual([what, row['alive'] === '1']);
  expectAlike(faults.checked.host, Number(row['chk_slab_host']), what);
  expectAlike(faults.injected.host, Number(row['inj_slab_host']), what);
  expectAlike(faults.injected.metadata, Number(row['inj_slab_meta']), what);
  expect([what, faults.injected.host === 0]).toEqual([what, row['inj_slab_host'] === '0']);
  CLASSES.forEach((name, index) => {
    expectAlike(run.classFailures[index] ?? 0, Number(row[`${name}_fail`]), `${name} ${what}`);
    if (run.failures > 0) return;
    expect([what, run.classAttempts[index]]).toEqual([what, Number(row[`${name}_attempt`])]);
  });
}

describe('churn under failslab as measured', () => {
  it.each([
    ['4.17', linux417, 56],
    ['6.1', linux61, 112],
  ])('%s: who dies, who cannot, how often each class fails', (name, kernel, count) => {
    const rows = rowsOf(`churn-failslab-${name}`);
    expect(rows.length).toBe(count);
    for (const row of rows) expectRow(row, kernel);
  });

  it('the parity lock: at interval 10 every fault lands on metadata, none on callers', () => {
    const locked = rowsOf('churn-failslab-6.1').filter(
      (row) => row['interval'] === '10' && row['variant'] === 'quiet-2011' && row['pool'] === '1',
    );
    expect(locked).toHaveLength(4);
    for (const row of locked) {
      const run = repeat(row, linux61);
      expect([run.failures, row['inj_slab_host']]).toEqual([0, '0']);
      expect(run.failslab.readings().injected.metadata).toBeGreaterThan(20);
      const unlocked = repeat({ ...row, variant: 'knob-task' }, linux61);
      expect(unlocked.failures).toBeGreaterThan(5);
    }
  });

  it('one class at a time, callers with gfp 0 among them (4.17)', () => {
    const rows = rowsOf('bare-gfp-4.17');
    expect(rows).toHaveLength(100);
    const gfps: Row = {
      bare: '0',
      kernel: 'GFP_KERNEL',
      atomic: 'GFP_ATOMIC',
      nowait: 'GFP_NOWAIT',
    };
    for (const row of rows) {
      const run = repeat(row, linux417, gfps[row['caller']!]!);
      const what = JSON.stringify(row);
      expect([what, run.kmemleak.alive]).toEqual([what, row['death_idx'] === '-1']);
      expectAlike(run.failures, Number(row['host_fail']), what);
    }
  });

  it('rfc-nowait is the same as quiet-2011 but for callers with gfp 0, which it survives', () => {
    const base = { seed: '1', probability: '10', ignore_gfp_wait: 'Y', attempts: '20000' };
    const alive = (variant: string, gfp: string) =>
      repeat({ ...base, variant }, linux417, gfp).kmemleak.alive;
    expect([alive('quiet-2011', '0'), alive('rfc-nowait', '0')]).toEqual([false, true]);
    expect([alive('quiet-2011', 'GFP_ATOMIC'), alive('rfc-nowait', 'GFP_ATOMIC')]).toEqual([
      true,
      true,
    ]);
  });
});
