import { Machine } from '../../model/machine.ts';
import type { MachineReadings } from '../../model/machine-readings.ts';
import { OP_ALLOCATE } from '../../model/operation.ts';
import type { FidelityGroup, Setting } from '../fidelity-group.ts';
import type { Laboratory } from '../laboratory.ts';
import { between, exact, inRange, type Quantity } from '../quantity.ts';

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

/** What is read of a run, and how it went with the holes. */
type Looked = MachineReadings & Filling;

interface Filling {
  /** Holes filled before the first refusal or the end. */
  filled: number;
  freeAtStart: Record<string, number>;
}

interface MeasuredLoop {
  readonly name: string;
  readonly variant: string;
  readonly load: string;
  hold(seen: Looked): readonly Quantity[];
}

const HORIZON_NS = 6e9;
/** It was the 13th whose metadata found no page. */
const FILLED = 12;
const HOLES = 2048;
/** Around 139: both may end this much off. */
const PAGES_SLACK = 1;

const HOLE_FILLER = `
  - workload: hole-filler
    params: { holes: ${HOLES}, drain: 200000, drain-until: { DMA: 128, DMA32: 210 } }`;
const FAULT = `
  - workload: hog
    params: { start: 3s, size: 1MiB }`;
const DRAIN = `
  - workload: drain
    params: { size: 256, gfp: GFP_KERNEL, interrupts: on, attempts: 100000 }`;

const LOOPS: readonly MeasuredLoop[] = [
  {
    name: 'quiet: refused after two reclaims',
    variant: 'quiet-2011',
    load: HOLE_FILLER,
    hold: (seen) => [
      ...freeWhereItBegins(seen),
      exact('holes filled', FILLED, seen.filled),
      exact('allocstall_normal', 2, seen.vmstat['allocstall_normal']!),
      ...ends(seen, { kills: 0, alive: 'no', end: 'finished' }),
    ],
  },
  {
    name: 'nofail: for ever at the same request',
    variant: 'nofail-4.15',
    load: HOLE_FILLER,
    hold: (seen) => [
      ...freeWhereItBegins(seen),
      exact('holes filled', FILLED, seen.filled),
      exact('requests that never end', 1, seen.livelocks.length),
      between('rounds of it', [100_001, null], seen.loopRoundsMax),
      ...ends(seen, { kills: 0, alive: 'yes', end: 'livelock' }),
    ],
  },
  {
    name: "nofail, ended by another task's fault",
    variant: 'nofail-4.15',
    load: HOLE_FILLER + FAULT,
    hold: (seen) => [
      exact('all holes filled', 'yes', answer(seen.filled >= HOLES)),
      between('allocstall_normal', [10_001, null], stalls(seen)),
      ...ends(seen, { kills: 1, alive: 'yes', end: 'finished' }),
    ],
  },
  {
    name: 'fi-nofail: one kill, and it goes on',
    variant: 'fi-nofail',
    load: HOLE_FILLER,
    hold: (seen) => [
      exact('all holes filled', 'yes', answer(seen.filled >= HOLES)),
      // The third was made because the victim had given nothing back a tick after it was killed.
      inRange('allocstall_normal', [3, 3], stalls(seen), { slack: [1, 0], runs: 1 }),
      ...ends(seen, { kills: 1, alive: 'yes', end: 'finished' }),
    ],
  },
  {
    name: 'nofail, GFP_KERNEL drain: the host kills',
    variant: 'nofail-4.15',
    load: DRAIN,
    hold: (seen) => [
      exact('requests that never end', 0, seen.livelocks.length),
      ...ends(seen, { kills: 1, alive: 'yes', end: 'finished' }),
    ],
  },
];

const group: FidelityGroup = {
  name: 'nofail-loop',
  summary: 'the loop of NOFAIL and NORETRY, 4.17, 1 CPU',
  heldTo: [
    'free pages where it begins',
    'the request that never ends',
    "reclaims and OOM kills of three masks and of another task's fault",
  ],
  unit: 'settings',
  agreement: 'exact, but for a page where it begins and one reclaim after a kill',
  measurements: [],
  settings: (laboratory) => LOOPS.map((loop) => settingOf(loop, laboratory)),
};

export default group;

function settingOf({ name, variant, load, hold }: MeasuredLoop, laboratory: Laboratory): Setting {
  return { kernel: '4.17', name, quantities: () => hold(run(variant, load, laboratory)) };
}

function freeWhereItBegins({ freeAtStart }: Looked): Quantity[] {
  const { DMA = Number.NaN, DMA32 = Number.NaN } = freeAtStart;
  const slack = [PAGES_SLACK, PAGES_SLACK] as const;
  return [
    exact('nr_free_pages DMA where it begins', 128, DMA),
    inRange('nr_free_pages DMA32 where it begins', [138, 140], DMA32, { slack, runs: 1 }),
  ];
}

function ends(
  { vmstat, death, end }: Looked,
  told: { readonly kills: number; readonly alive: string; readonly end: string },
): Quantity[] {
  return [
    exact('oom_kill', told.kills, vmstat['oom_kill']!),
    exact('kmemleak alive', told.alive, answer(death === null)),
    exact('the run ends as', told.end, end),
  ];
}

function stalls({ vmstat }: Looked): number {
  return vmstat['allocstall_normal']!;
}

function answer(is: boolean): string {
  return is ? 'yes' : 'no';
}

function run(variant: string, load: string, laboratory: Laboratory): Looked {
  const { config, tasks, streams } = laboratory.resolve(`
question: Does it ever come back?
kernel: "4.17"
machine:
  procfs: machines/qemu-128M-4.17
  slab: none
  page-cache: 0
  free: { DMA: 3977, DMA32: 9062 }
  processes:
    - { name: init, oom-score-adj: -1000 }
    - { name: sleeper, resident: 40MiB }
fault: { built-in: Y }
load:${load}
variants: [${variant}]
`);
  const machine = new Machine(config, tasks, streams);
  const filling = watchFilling(machine);
  machine.run(HORIZON_NS);
  machine.assertConservation();
  return { ...machine.readings(), ...filling };
}

/** How many holes were filled before the first refusal or the end, and the free pages then. */
function watchFilling(machine: Machine): Filling {
  const seen: Filling = { filled: 0, freeAtStart: {} };
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
