/** Time as the parts of the machine see it: they never meet the simulation itself. */
export interface Timers {
  readonly nowNs: number;
  /** The event happens this many whole nanoseconds from now; the handle is for `cancel`. */
  after(delayNs: number, kind: number, a: number, b: number): number;
  /** False when the event already happened, or was cancelled before. */
  cancel(handle: number): boolean;
}
