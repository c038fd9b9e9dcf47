import { DEFAULT_COSTS } from '../model/costs.ts';
import type { Costs } from '../model/machine-config.ts';

/**
 * The kernels under pressure ran on an emulated CPU. Every step is taken to be as much slower than
 * on bare metal as an allocation, or a touch without interference, was.
 */
export const SLOWER = 8;

export const SLOW_COSTS = Object.fromEntries(
  Object.entries(DEFAULT_COSTS).map(([step, ns]) => [step, ns * SLOWER]),
) as { [step in keyof Costs]: number };
