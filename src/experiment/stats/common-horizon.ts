import type { Lifetime } from './kaplan-meier.ts';

/**
 * Up to which time two groups of runs can be compared: as far as both survival curves are known.
 * A group whose last run died is known for ever (nobody is left); one whose last run was still
 * alive is known to the end of its watch. Where all died, the last death of either.
 */
export function commonHorizon(one: readonly Lifetime[], two: readonly Lifetime[]): number {
  const known = Math.min(knownUntil(one), knownUntil(two));
  if (known < Number.POSITIVE_INFINITY) return known;
  return Math.max(latest(one), latest(two));
}

function knownUntil(lifetimes: readonly Lifetime[]): number {
  const end = latest(lifetimes);
  const survivors = lifetimes.some((life) => !life.died && life.time === end);
  return survivors ? end : Number.POSITIVE_INFINITY;
}

function latest(lifetimes: readonly Lifetime[]): number {
  return lifetimes.reduce((end, life) => Math.max(end, life.time), 0);
}
