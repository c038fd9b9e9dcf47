import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../../src/engine/random-streams.ts';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import linux417 from '../../../src/kernel/profiles/4.17.ts';
import linux61 from '../../../src/kernel/profiles/6.1.ts';
import { Machine } from '../../../src/model/machine.ts';
import type { MachineConfig } from '../../../src/model/machine-config.ts';
import type { OperationSource } from '../../../src/model/operation.ts';
import type { Workload } from '../../../src/workload/workload.ts';
import churn from '../../../src/workload/workloads/churn.ts';
import reader from '../../../src/workload/workloads/file-reader.ts';
import forks from '../../../src/workload/workloads/fork-storm.ts';
import hog from '../../../src/workload/workloads/hog.ts';
import { machineOf, zoneX } from '../machines.ts';

// Processes, files and the OOM killer in a whole machine: 16 MiB of one zone, every page counted
// after every event.

const DISK = { latencyNs: 100_000, bytesPerSecond: 4e8, queueDepth: 32 };
const ZONE = {
  ...zoneX({ pages: 3600, pcp: [0, 0] }),
  spanned: 4096,
  present: 4096,
  managed: 4096,
  watermarks: { min: 100, low: 125, high: 150, promo: 175 },
};

function load<Params>(workload: Workload<Params>, params: unknown, kernel: KernelProfile) {
  return workload.start(workload.parameters.parse(params), new RandomStreams('1', 0), kernel);
}

function run(kernel: KernelProfile, sources: OperationSource[], more: Partial<MachineConfig> = {}) {
  const config = machineOf(kernel, [ZONE], { cpus: 2, disk: DISK, ...more });
  const specs = sources.map((source, cpu) => ({ source, cpu: cpu % 2 }));
  const machine = new Machine(config, specs, new RandomStreams('1', 0));
  machine.debug = true;
  machine.run(20e9);
  return { machine, readings: machine.readings() };
}

describe.each([linux417, linux61])('a machine with processes, $name', (kernel) => {
  it('a hog is killed when memory is out, and all of it comes back', () => {
    const { machine, readings } = run(kernel, [load(hog, {}, kernel)]);
    expect([readings.end, readings.vmstat['oom_kill']]).toEqual(['finished', 1]);
    expect(readings.oomVictimPages).toBeGreaterThan(3300);
    const [mm] = machine.parts.users.spaces.processes;
    expect([mm!.rss, mm!.tablePages, mm!.exited]).toEqual([0, 0, true]);
    expect(machine.parts.pages.pagesInUse).toBe(0);
  });

  it('with swap it gets so much further, and writes all of it', () => {
    const swap = { pages: 1000, disk: DISK };
    const { machine, readings } = run(kernel, [load(hog, {}, kernel)], { swap });
    expect(readings.vmstat['oom_kill']).toBe(1);
    expect(readings.vmstat['pswpout']).toBeGreaterThanOrEqual(1000);
    expect(readings.oomVictimPages).toBeGreaterThan(4300);
    expect(readings.vmstat['pgsteal_kswapd']).toBeGreaterThan(0);
    if (kernel.rules.scanBalance !== 'costs') return;
    // Without any cost 3 of 10 pages would be anonymous; each that was written made them dearer.
    const { balance } = machine.parts.reclaim;
    balance.weigh(machine.parts.memory.lru, 60);
    expect(balance.shareOf(1000, false)).toBeLessThan(250);
  });

  it('who uses his memory again reads it back from swap', () => {
    const params = { size: '16MiB', 'when-full': 'reuse', accesses: 12_000 };
    const swap = { pages: 2000, disk: DISK };
    const { readings } = run(kernel, [load(hog, params, kernel)], { swap });
    expect([readings.end, readings.vmstat['oom_kill']]).toEqual(['finished', 0]);
    expect(readings.vmstat['pswpin']).toBeGreaterThan(100);
    expect(readings.vmstat['pgmajfault']).toBe(readings.vmstat['pswpin']);
    // From 5.9 on what comes back soon enough is active at once.
    const [refaults, activated] = ['refault', 'activate'].map(
      (what) => readings.vmstat[`workingset_${what}_anon`]!,
    );
    expect(refaults! > 100).toBe(kernel.rules.anonLeavesShadows);
    expect(activated! > 0).toBe(kernel.rules.anonLeavesShadows);
  });

  it('the worst process dies, and the others live on', () => {
    const kept = load(hog, { size: '1MiB', 'when-full': 'exit', start: '1s' }, kernel);
    const { machine, readings } = run(kernel, [load(hog, {}, kernel), kept]);
    expect([readings.end, readings.vmstat['oom_kill']]).toEqual(['finished', 1]);
    expect(machine.parts.users.spaces.processes.map(({ oomVictim }) => oomVictim)).toEqual([
      true,
      false,
    ]);
  });

  it('where nobody may be killed the run ends out of memory', () => {
    const { readings } = run(kernel, [load(hog, { 'oom-score-adj': -1000 }, kernel)]);
    expect([readings.end, readings.vmstat['oom_kill']]).toEqual(['out-of-memory', 0]);
    expect(readings.oomVictimPages).toBeNull();
  });

  it('a file larger than memory is read twice, and a part of it again', () => {
    const { readings } = run(kernel, [load(reader, { size: '24MiB' }, kernel)]);
    expect(readings.end).toBe('finished');
    expect(readings.vmstat['workingset_refault']).toBeGreaterThan(2000);
    expect(readings.vmstat['oom_kill']).toBe(0);
  });

  it('forks, churn and a reader share it', () => {
    const { readings } = run(kernel, [
      load(forks, { children: 16, forks: 200 }, kernel),
      load(churn, { slots: 500, attempts: 2000 }, kernel),
      load(reader, { size: '12MiB', passes: 1 }, kernel),
    ]);
    expect(readings.end).toBe('finished');
    expect(readings.hostAttempts).toBe(200 * 5 + 2000);
  });

  it('idle processes hold their memory until reclaim swaps it out', () => {
    const processes = [{ name: 'idle', residentPages: 200, oomScoreAdj: -1000 }];
    const swap = { pages: 1000, disk: DISK };
    const { machine } = run(kernel, [load(hog, {}, kernel)], { swap, processes });
    const [idle] = machine.parts.users.spaces.processes;
    expect(idle!.rss + idle!.swapEntries).toBe(200);
    expect(idle!.swapEntries).toBeGreaterThan(100);
  });
});
