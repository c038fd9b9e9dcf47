import { Machine } from '../model/machine.ts';
import type { TimeSeriesReadings } from '../model/machine-readings.ts';
import { TimeSeries } from '../model/time-series.ts';
import type { ResolvedRun } from '../scenario/resolve.ts';

/** So often in the time that a run will likely take; a run that goes on is looked at less often. */
const LOOKS = 24;
const LATER_LOOKS = 8;
/** The first comes sooner: so that there is something to see. */
const FIRST_LOOK = 1 / 4;

/** How a run is to be watched. */
export interface Watch {
  readonly samplePeriodNs: number;
  /** How long the run will likely be. */
  readonly lengthNs: number;
  look(machine: WatchedMachine): void;
}

/** A machine whose course can be seen while it runs; to look changes nothing in it. */
export class WatchedMachine extends Machine {
  readonly #series: TimeSeries;
  readonly #watch: Watch;
  #nextLookNs: number;

  constructor({ config, tasks, streams }: ResolvedRun, watch: Watch) {
    super(config, tasks, streams);
    this.#series = new TimeSeries(this.parts, watch.samplePeriodNs);
    this.#watch = watch;
    this.#nextLookNs = (watch.lengthNs / LOOKS) * FIRST_LOOK;
  }

  override run(horizonNs: number): void {
    super.run(horizonNs);
    this.#series.catchUp(this.nowNs);
  }

  override handle(kind: number, a: number, b: number): void {
    const { nowNs } = this;
    if (this.#series.dueNs <= nowNs) {
      this.#series.catchUp(nowNs);
      if (this.#nextLookNs <= nowNs) this.#look(nowNs);
    }
    super.handle(kind, a, b);
  }

  series(): TimeSeriesReadings {
    return this.#series.readings();
  }

  /** When kmemleak disabled itself, if it has. */
  deathNs(): number | null {
    return this.record.moments.get('death')?.ns ?? null;
  }

  #look(nowNs: number): void {
    const { lengthNs, look } = this.#watch;
    const pause = nowNs < lengthNs ? lengthNs / LOOKS : nowNs / LATER_LOOKS;
    this.#nextLookNs = nowNs + pause;
    look(this);
  }
}
