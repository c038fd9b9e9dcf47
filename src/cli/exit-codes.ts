/** Exit codes that scripts rely on, with what `explain` says of them. */
export const EXIT_OK = 0;
export const EXIT_INTERNAL = 1;
export const EXIT_USAGE = 2;
export const EXIT_THRESHOLD = 3;
export const EXIT_DRIFT = 4;
export const EXIT_MISSING = 5;
export const EXIT_LIMIT = 6;
export const EXIT_INTERRUPTED = 130;
export const EXIT_TERMINATED = 143;

export interface ExitCode {
  readonly code: number;
  readonly meaning: string;
}

export const EXIT_CODES: readonly ExitCode[] = [
  { code: EXIT_OK, meaning: 'ok; also when a comparison is inconclusive or nothing was to do' },
  {
    code: EXIT_INTERNAL,
    meaning: 'internal error or broken invariant: a bug of gfpsim; or a check of doctor failed',
  },
  { code: EXIT_USAGE, meaning: 'wrong usage, a mistake in a scenario, or an unknown name' },
  {
    code: EXIT_THRESHOLD,
    meaning: 'regression, or an expectation of a scenario or a measurement is not met',
  },
  { code: EXIT_DRIFT, meaning: 'fingerprint mismatch: the same run gave other events' },
  {
    code: EXIT_MISSING,
    meaning: 'baseline, shard, stored run or measurements missing or incompatible',
  },
  { code: EXIT_LIMIT, meaning: 'a limit was reached under --strict' },
  { code: EXIT_INTERRUPTED, meaning: 'interrupted by the user (SIGINT)' },
  { code: EXIT_TERMINATED, meaning: 'terminated (SIGTERM)' },
];
