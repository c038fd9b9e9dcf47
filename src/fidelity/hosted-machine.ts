import { log } from '../engine/portable-math.ts';
import type { RandomStream } from '../engine/random-stream.ts';
import type { RandomStreams } from '../engine/random-streams.ts';
import type { TaskSpec } from '../model/build-tasks.ts';
import { Machine } from '../model/machine.ts';
import type { MachineConfig } from '../model/machine-config.ts';

/** A tick of the host. */
export const HOST_SLICE_NS = 4_000_000;

export interface Host {
  /** Mean time for which the host takes a busy CPU away after a slice. */
  readonly awayNs: number;
  readonly streams: RandomStreams;
}

/** A machine whose busy host takes its CPUs away at the ends of its time slices. */
export class HostedMachine extends Machine {
  readonly #awayNs: number;
  readonly #draws: RandomStream;
  readonly #nextNs: number[];

  constructor(config: MachineConfig, tasks: readonly TaskSpec[], host: Host) {
    super(config, tasks, host.streams);
    this.#awayNs = host.awayNs;
    this.#draws = host.streams.stream('host');
    this.#nextNs = this.scheduler.cpus.map(() => 0);
  }

  override handle(kind: number, a: number, b: number): void {
    for (const cpu of this.scheduler.cpus) {
      if (this.nowNs < this.#nextNs[cpu.id]!) continue;
      this.#nextNs[cpu.id] = this.nowNs + HOST_SLICE_NS;
      if (cpu.isIdle || this.#awayNs === 0) continue;
      const ns = Math.floor(-this.#awayNs * log(1 - this.#draws.double()));
      this.scheduler.steal(cpu, ns);
      this.#nextNs[cpu.id]! += ns;
    }
    super.handle(kind, a, b);
  }
}
