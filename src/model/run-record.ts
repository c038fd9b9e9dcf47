import type { MachineParts } from './machine-parts.ts';
import type { Moment } from './machine-readings.ts';
import type { GfpClass } from './operation.ts';

/**
 * What a run must remember of its course: counts by class, the moments that matter, stalls, and
 * the lowest point of free memory.
 */
export class RunRecord {
  readonly classes: readonly GfpClass[];
  readonly attempts: Float64Array;
  readonly failures: Float64Array;
  readonly stallsNs: number[] = [];
  readonly metadataStallsNs: number[] = [];
  /** The same by the class of the caller, added up. */
  readonly stallNsByClass: Float64Array;
  readonly metadataStallNsByClass: Float64Array;
  /** How long accesses to user memory and files were blocked. */
  readonly accessStallsNs: number[] = [];
  readonly moments = new Map<string, Moment>();
  hostAttempts = 0;
  hostFailures = 0;
  freeMinPages = Number.POSITIVE_INFINITY;
  readonly #parts: MachineParts;
  #gfpClass = 0;

  constructor(parts: MachineParts, classes: readonly GfpClass[]) {
    this.#parts = parts;
    this.classes = classes;
    this.attempts = new Float64Array(classes.length);
    this.failures = new Float64Array(classes.length);
    this.stallNsByClass = new Float64Array(classes.length);
    this.metadataStallNsByClass = new Float64Array(classes.length);
    this.noteFree();
  }

  attempt(gfpClass: number): void {
    this.#gfpClass = gfpClass;
    this.hostAttempts++;
    this.attempts[gfpClass]!++;
  }

  refusal(gfpClass: number, nowNs: number): void {
    this.hostFailures++;
    this.failures[gfpClass]!++;
    if (this.hostFailures === 1) this.mark('first-host-failure', nowNs);
  }

  /** A caller of this class was blocked so long. */
  stall(gfpClass: number, ns: number): void {
    this.stallsNs.push(ns);
    this.stallNsByClass[gfpClass]! += ns;
  }

  /** So much of it for its object's metadata. */
  metadataStall(gfpClass: number, ns: number): void {
    this.metadataStallsNs.push(ns);
    this.metadataStallNsByClass[gfpClass]! += ns;
  }

  accessStall(ns: number): void {
    this.accessStallsNs.push(ns);
  }

  /** After every operation: has free memory ever been lower? */
  noteFree(): void {
    const { zones } = this.#parts.memory;
    let free = 0;
    for (let i = 0; i < zones.length; i++) free += zones[i]!.freePages;
    if (free < this.freeMinPages) this.freeMinPages = free;
  }

  /** Keeps the state of the zones at this moment under its name. */
  mark(name: string, nowNs: number): void {
    this.moments.set(name, this.now(nowNs));
  }

  now(nowNs: number): Moment {
    const { memory } = this.#parts;
    return {
      index: this.hostAttempts,
      ns: nowNs,
      gfpClass: this.classes[this.#gfpClass]?.name ?? '',
      zones: memory.zones.map((zone) => ({
        name: zone.name,
        free: zone.freePages,
        boost: zone.boost,
        highatomic: zone.reservedHighatomic,
      })),
      pcpPages: memory.pcp.pages(),
    };
  }
}
