/** Σ (seen - expected)² / expected over all cells. */
export function chiSquare(seen: readonly number[], expected: readonly number[]): number {
  return seen.reduce((sum, count, i) => sum + (count - expected[i]!) ** 2 / expected[i]!, 0);
}

/** The same where all cells are equally likely. */
export function uniformChiSquare(seen: readonly number[]): number {
  const total = seen.reduce((sum, count) => sum + count, 0);
  return chiSquare(
    seen,
    seen.map(() => total / seen.length),
  );
}

/** Upper 0.0001 quantiles of chi-square: the seeds of the tests are fixed, so one look suffices. */
export const CHI_SQUARE_9_DF = 33.72;
export const CHI_SQUARE_15_DF = 44.26;
export const CHI_SQUARE_99_DF = 160.06;
export const CHI_SQUARE_255_DF = 347.65;
