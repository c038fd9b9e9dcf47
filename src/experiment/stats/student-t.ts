import { exp, log } from '../../engine/portable-math.ts';
import { incompleteBeta } from './incomplete-beta.ts';
import { logBeta } from './log-beta.ts';
import { log1p } from './log1p.ts';

/** P(T > t) of Student's t with `degrees` of freedom, for t ≥ 0; keeps its digits far out. */
export function studentTail(t: number, degrees: number): number {
  const square = t * t;
  const all = degrees + square;
  return 0.5 * incompleteBeta(degrees / all, square / all, degrees / 2, 0.5);
}

/** P(0 < T < t), which keeps its digits near the centre. */
function studentCentre(t: number, degrees: number): number {
  const square = t * t;
  const all = degrees + square;
  return 0.5 * incompleteBeta(square / all, degrees / all, 0.5, degrees / 2);
}

/**
 * The t below which Student's t lies with this probability, 0 < probability < 1, degrees > 0.
 * Bracketed Newton in log t against log probability: there both the centre and the tail, which
 * falls like a power, are nearly straight lines, so a handful of steps reach 1e-14.
 */
export function studentQuantile(probability: number, degrees: number): number {
  if (probability === 0.5) return 0;
  if (probability < 0.5) return -upperQuantile(probability, degrees);
  return upperQuantile(1 - probability, degrees);
}

function upperQuantile(tail: number, degrees: number): number {
  if (tail > 0.25) return solve(studentCentre, 0.5 - tail, 1, degrees);
  return solve(studentTail, tail, -1, degrees);
}

type Probability = (t: number, degrees: number) => number;

/** The t at which `probability`, rising (1) or falling (−1) in t, reaches `wanted`. */
function solve(probability: Probability, wanted: number, sign: number, degrees: number): number {
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let t = 1;
  for (let step = 0; step < 400; step++) {
    const reached = probability(t, degrees);
    if (reached === wanted) return t;
    if (reached < wanted === sign > 0) low = t;
    else high = t;
    const slope = (t * density(t, degrees)) / reached;
    const newton = t * exp((sign * log(wanted / reached)) / slope);
    const next = newton > low && newton < high ? newton : between(low, high);
    if (Math.abs(next - t) <= 1e-15 * t) return next;
    t = next;
  }
  return t;
}

function between(low: number, high: number): number {
  if (high === Number.POSITIVE_INFINITY) return low * 8;
  return low === 0 ? high / 8 : Math.sqrt(low) * Math.sqrt(high);
}

function density(t: number, degrees: number): number {
  const power = ((degrees + 1) / 2) * log1p((t * t) / degrees);
  return exp(-power - logBeta(degrees / 2, 0.5)) / Math.sqrt(degrees);
}
