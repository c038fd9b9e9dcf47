import type { RandomStreams } from '../engine/random-streams.ts';
import { jiffyNsOf, type MachineConfig } from './machine-config.ts';
import { LateWake } from './sched/late-wake.ts';
import { Quiescence } from './sched/quiescence.ts';
import { Scheduler } from './sched/scheduler.ts';
import type { Timers } from './timers.ts';

/** How long a thread keeps a CPU that others wait for: one tick at HZ 250. */
const SLICE_NS = 4_000_000;
const NS_PER_MS = 1_000_000;

/** Who runs on the CPUs of the machine. */
export function buildScheduler(
  { cpus, costs, kernel, lateWakeNs }: MachineConfig,
  streams: RandomStreams,
  timers: Timers,
): Scheduler {
  const { balanceBusyFactor, balanceImbalancePercent } = kernel.rules;
  const setting = {
    cpus,
    sliceNs: SLICE_NS,
    switchNs: costs.switchNs,
    balanceNs: cpus * balanceBusyFactor * NS_PER_MS,
    imbalancePercent: balanceImbalancePercent,
    lateWake: new LateWake(lateWakeNs ?? 0, streams.stream('late-wake')),
  };
  return new Scheduler(setting, timers);
}

/** When the grace periods of these CPUs are over. */
export function buildQuiescence(
  config: MachineConfig,
  { cpus }: Scheduler,
  streams: RandomStreams,
  timers: Timers,
): Quiescence {
  return new Quiescence(cpus, {
    timers,
    tickNs: jiffyNsOf(config),
    returnNs: config.costs.returnToUserNs,
    urgentTickReschedules: config.kernel.rules.urgentTickReschedules,
    draws: streams.stream('tick'),
  });
}
