import type { DecisionLog } from './decision-log.ts';
import type { WatermarkVerdict } from './mm/watermark-check.ts';
import type { Zone } from './mm/zone.ts';

/** One line of a decision. Numbers are pages. */
export interface DecideStep {
  readonly step: string;
  readonly zone?: string;
  readonly free?: number;
  /** After discounts, with the boost, without the reserve. */
  readonly mark?: number;
  readonly reserve?: number;
  /** Smallest number of free pages that would have passed. */
  readonly needed?: number;
  readonly passed?: boolean;
  readonly note: string;
}

/** Steps kept; a loop repeats itself, and its first rounds tell all. */
const STEPS_MAX = 400;

/** Writes a decision down, line by line, in the order of the path. */
export class DecisionRecorder implements DecisionLog {
  readonly #steps: DecideStep[] = [];
  readonly #counts = new Map<string, number>();
  #current = '';
  #left = 0;

  step(name: string, note: string): void {
    this.#current = name;
    this.#counts.set(name, this.count(name) + 1);
    this.#add({ step: name, note });
  }

  check(zone: Zone, verdict: WatermarkVerdict): void {
    const { passed, free, mark, reserve, needed, note } = verdict;
    this.#add({ step: this.#current, zone: zone.name, free, mark, reserve, needed, passed, note });
  }

  took(zone: Zone, from: string): void {
    this.#add({ step: this.#current, zone: zone.name, note: `takes ${from}` });
  }

  missed(zone: Zone, why: string): void {
    this.#add({ step: this.#current, zone: zone.name, note: why });
  }

  /** How often a step was entered. */
  count(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  steps(): DecideStep[] {
    if (this.#left === 0) return [...this.#steps];
    return [...this.#steps, { step: '…', note: `${this.#left} more lines of the same rounds` }];
  }

  #add(step: DecideStep): void {
    if (this.#steps.length < STEPS_MAX) this.#steps.push(step);
    else this.#left++;
  }
}
