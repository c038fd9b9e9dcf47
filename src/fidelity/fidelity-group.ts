import type { Named } from '../base/catalog.ts';
import type { Laboratory } from './laboratory.ts';
import type { Quantity } from './quantity.ts';

/**
 * Measurements of real kernels, and how their settings are made again: one file in groups/, which
 * holds the tolerances, too. The summary says what was measured.
 */
export interface FidelityGroup extends Named {
  /** Which of the kernel's numbers the model is held to. */
  readonly heldTo: readonly string[];
  /** What its settings are, as a plural. */
  readonly unit: string;
  /** When a number agrees. */
  readonly agreement: string;
  /** Files, and folders of snapshots, that it reads of the measurements. */
  readonly measurements: readonly string[];
  /** In the order of the measurements. Nothing is simulated before a setting's turn. */
  settings(laboratory: Laboratory): readonly Setting[];
}

export interface Setting {
  readonly kernel: string;
  /** In short; no two of a group and kernel have the same. */
  readonly name: string;
  /** No setting that was measured, but what several of them say together. */
  readonly pooled?: boolean;
  quantities(): readonly Quantity[];
}
