import { between, type Quantity } from './quantity.ts';

/** Half-width of the two-sided 99.99 % interval: hundreds of counts are compared. */
export const CHANCE_Z = 3.9;

/** Of the tries that were hit by a fault, half were hit again. */
export function shareOfHalf(
  name: string,
  { hits, faults }: { readonly hits: number; readonly faults: number },
): Quantity {
  const tries = faults - hits;
  const half = CHANCE_Z * Math.sqrt(0.25 / tries);
  return between(name, [0.5 - half, 0.5 + half], hits / tries);
}
