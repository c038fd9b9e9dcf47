import { describe, expect, it } from 'vitest';
import type { RandomStream } from '../../src/engine/random-stream.ts';
import { RandomStreams } from '../../src/engine/random-streams.ts';
import type { MachineReadings } from '../../src/model/machine-readings.ts';
import { THREAD_QUEUED, THREAD_RUNS } from '../../src/model/sched/thread.ts';
import { machineFor, settingOf } from '../model/loaded-machine.ts';

// Machines with random loads on random CPUs, short of memory: every page is counted after every
// event, every CPU runs one thread, nobody who could run is forgotten, and a second run is the
// same. Again with another seed or longer: FUZZ_SEED=7 FUZZ_MACHINES=200 npm run fuzz

const SEED = process.env['FUZZ_SEED'] ?? '1';
const MACHINES = Number(process.env['FUZZ_MACHINES'] ?? 8);
const HORIZON_NS = 300_000_000;

const LOADS: readonly ((draws: RandomStream) => string)[] = [
  (draws) => `churn
    count: ${1 + draws.below(3)}
    params: { slots: ${16 << draws.below(8)}, attempts: ${500 + draws.below(4000)} }`,
  (draws) => `churn
    params: { attempts: 1000, rate: ${5000 + draws.below(50000)}, think: 1us }`,
  (draws) => `drain
    params: { size: ${64 << draws.below(7)}, gfp: GFP_KERNEL, interrupts: on, think: 1us,
              attempts: ${1000 + draws.below(20000)}, stop-on-failure: off }`,
  (draws) => `drain
    params: { size: 256, gfp: GFP_ATOMIC, interrupts: off, attempts: ${100 + draws.below(9000)},
              stop-on-failure: off }`,
  (draws) => `hog
    count: ${1 + draws.below(2)}
    params: { think: ${1 + draws.below(20)}us, reuse: ${draws.below(90)}, accesses: 20000 }`,
  (draws) => `network-burst
    params: { interval: ${50 + draws.below(2000)}us, packets: ${1 + draws.below(60)} }`,
  (draws) => `file-reader
    params: { size: ${1 + draws.below(100)}MiB, accesses: ${100 + draws.below(9000)},
              write: ${draws.below(60)} }`,
  () => `fork-storm`,
  // Orders 1 to 3 in a memory that others fill: what compaction is for.
  (draws) => `churn
    params: { slots: ${64 + draws.below(400)}, sizes: [8192, 16384, 32768], gfp: GFP_KERNEL,
              attempts: ${2000 + draws.below(8000)} }`,
];

const SWAPS: readonly ((draws: RandomStream) => string[])[] = [
  () => [],
  (draws) => [`swap: { size: ${1 + draws.below(32)}MiB, latency: 50us }`],
  (draws) => [
    `zram: { size: ${1 + draws.below(64)}MiB, compression-ratio: ${1 + draws.below(8)} }`,
  ],
];

const VARIANTS = ['quiet-2011', 'nofail-4.15', 'pool-5.4', 'fi-nofail', 'rfc-strict'];

/** A random scenario: kernel, memory, CPUs, a variant and one to four loads. */
function draw(draws: RandomStream): { text: string; variant: string } {
  const kernel = ['4.17', '6.1', '6.12'][draws.below(3)];
  const machine = [
    `memory: ${[48, 64, 96][draws.below(3)]}MiB`,
    `cpus: ${1 + draws.below(3)}`,
    ...SWAPS[draws.below(SWAPS.length)]!(draws),
    ...(draws.below(4) === 0 ? ['sysctl: { dirty_ratio: 2, dirty_background_ratio: 1 }'] : []),
    ...(draws.below(2) === 0 ? [`page-cache: ${500 + draws.below(1500)}`] : []),
  ];
  const loads = Array.from({ length: 1 + draws.below(4) }, () => {
    return `  - workload: ${LOADS[draws.below(LOADS.length)]!(draws)}`;
  });
  const text = `kernel: "${kernel}"\nmachine: { ${machine.join(', ')} }\nload:\n${loads.join('\n')}\n`;
  return { text, variant: VARIANTS[draws.below(VARIANTS.length)]! };
}

function run(text: string, variant: string): MachineReadings {
  const setting = settingOf(text, variant);
  const machine = machineFor(setting);
  machine.debug = true;
  machine.run(HORIZON_NS);
  const { cpus, threads } = machine.scheduler;
  for (const cpu of cpus) {
    if (cpu.current !== null) expect(cpu.current.state, 'the current thread').toBe(THREAD_RUNS);
    if (cpu.isIdle) expect(cpu.queued, 'waiting for an idle CPU').toBe(0);
  }
  const current = cpus.filter((cpu) => !cpu.isIdle).length;
  const queued = cpus.reduce((sum, cpu) => sum + cpu.queued, 0);
  const inState = (state: number) => threads.filter((thread) => thread.state === state).length;
  expect(inState(THREAD_RUNS), 'running threads').toBe(current);
  expect(inState(THREAD_QUEUED), 'queued threads').toBe(queued);
  return machine.readings();
}

describe(`random machines, seed ${SEED}`, () => {
  const streams = new RandomStreams(SEED, 0);
  for (let index = 0; index < MACHINES; index++) {
    const { text, variant } = draw(streams.stream('machine', index));
    it(`holds together: machine ${index}`, () => {
      const once = run(text, variant);
      expect(run(text, variant).fingerprint, `twice ${variant}\n${text}`).toBe(once.fingerprint);
    });
  }

  it('catches a page that is lost', () => {
    const machine = machineFor(settingOf(draw(streams.stream('canary')).text));
    machine.debug = true;
    machine.parts.pages.handOver(1);
    expect(() => machine.run(HORIZON_NS)).toThrow('pages are lost or doubled');
  });
});
