import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Machine } from '../../src/model/machine.ts';
import { OP_ALLOCATE } from '../../src/model/operation.ts';
import { resolveText } from './resolve-text.ts';

// The loop of NOFAIL and NORETRY, as it was brought about on a real 4.17 with 128 MiB and one CPU:
// holes in a cache, an atomic drain down to where NOFAIL may not go either, then callers that
// fill the holes: they need no page, their metadata does. A process of 40 MiB sleeps beside it.
//
//   measured, one CPU        free DMA/DMA32   filled   reclaims    OOM kills
//   quiet                    128/138…140      12       2           0, kmemleak is dead
//   nofail                   128/138…140      12       for ever    0
//   nofail, another faults   128/138          all      > 10^5      1, by the other one
//   fi-nofail                -                all      3           1
//
// In the drain of GFP_KERNEL callers the host kills before the metadata comes to need it.

const SNAPSHOT = resolve(import.meta.dirname, '../../scenarios/machines/qemu-128M-4.17');
const HORIZON_NS = 6e9;
/** It was the 13th whose metadata found no page. */
const FILLED_MEASURED = 12;
const HOLES = 2048;

function run(variant: string, load: string) {
  const { config, tasks, streams } = resolveText(
    `
question: Does it ever come back?
kernel: "4.17"
machine:
  procfs: ${SNAPSHOT}
  slab: none
  page-cache: 0
  free: { DMA: 3977, DMA32: 9062 }
  processes:
    - { name: init, oom-score-adj: -1000 }
    - { name: sleeper, resident: 40MiB }
fault: { built-in: Y }
load:${load}
variants: [${variant}]
`,
    variant,
  );
  const machine = new Machine(config, tasks, streams);
  const filling = watchFilling(machine);
  machine.run(HORIZON_NS);
  machine.assertConservation();
  return { ...machine.readings(), ...filling };
}

/** How many holes were filled before the first refusal or the end, and the free pages then. */
function watchFilling(machine: Machine): { filled: number; freeAtStart: Record<string, number> } {
  const seen = { filled: 0, freeAtStart: {} as Record<string, number> };
  const [task] = machine.tasks;
  const { source } = task!;
  const next = source.next.bind(source);
  let isDrained = false;
  source.next = (operation, view) => {
    if (isDrained && machine.kmemleak.alive) seen.filled++;
    next(operation, view);
    const isDrain = operation.kind === OP_ALLOCATE && operation.slot < 0;
    if (isDrain) isDrained = false;
    else if (!isDrained && view.attempts > 2 * HOLES) {
      isDrained = true;
      for (const { name, freePages } of machine.parts.memory.zones) {
        seen.freeAtStart[name] = freePages;
      }
    }
  };
  return seen;
}

const HOLE_FILLER = `
  - workload: hole-filler
    params: { holes: ${HOLES}, drain: 200000, drain-until: { DMA: 128, DMA32: 210 } }`;

describe('metadata that needs a page while its host needs none', () => {
  test('NORETRY alone: refused after two reclaims, kmemleak is dead, nobody is killed', () => {
    const { vmstat, death, filled, freeAtStart, end } = run('quiet-2011', HOLE_FILLER);
    expect(freeAtStart['DMA']).toBe(128);
    expect(Math.abs(freeAtStart['DMA32']! - 139)).toBeLessThanOrEqual(2);
    expect([filled, vmstat['allocstall_normal'], vmstat['oom_kill']]).toEqual([
      FILLED_MEASURED,
      2,
      0,
    ]);
    expect([death === null, end]).toEqual([false, 'finished']);
  });

  test('with NOFAIL: round and round at the same request, and nobody is killed', () => {
    const { vmstat, death, filled, end, livelocks, loopRoundsMax } = run(
      'nofail-4.15',
      HOLE_FILLER,
    );
    expect([filled, vmstat['oom_kill'], death]).toEqual([FILLED_MEASURED, 0, null]);
    expect(end).toBe('livelock');
    expect(livelocks).toHaveLength(1);
    expect(loopRoundsMax).toBeGreaterThan(100_000);
  });

  test('another task that needs memory has somebody killed, and so ends the loop', () => {
    const fault = `
  - workload: hog
    params: { start: 3s, size: 1MiB }`;
    const { vmstat, death, filled, end } = run('nofail-4.15', HOLE_FILLER + fault);
    expect([filled >= HOLES, vmstat['oom_kill'], death]).toEqual([true, 1, null]);
    expect(vmstat['allocstall_normal']).toBeGreaterThan(10_000);
    expect(end).toBe('finished');
  });

  test('NOFAIL without NORETRY: one kill, and it goes on', () => {
    const { vmstat, death, filled, end } = run('fi-nofail', HOLE_FILLER);
    expect([filled >= HOLES, vmstat['oom_kill'], death, end]).toEqual([true, 1, null, 'finished']);
    // The third was made because the victim had given nothing back a tick after it was killed.
    expect([2, 3]).toContain(vmstat['allocstall_normal']);
  });
});

test('where host and metadata both need pages, the host has somebody killed', () => {
  const drain = `
  - workload: drain
    params: { size: 256, gfp: GFP_KERNEL, interrupts: on, attempts: 100000 }`;
  const { vmstat, death, end, livelocks } = run('nofail-4.15', drain);
  expect([vmstat['oom_kill'], end, death, livelocks]).toEqual([1, 'finished', null, []]);
});
