/** A warning about results: by its number `explain` knows what to do. */
export interface RunWarning {
  readonly id: WarningId;
  readonly text: string;
}

export interface WarningKind {
  readonly id: string;
  readonly summary: string;
  /** What to do about it. */
  readonly next: string;
}

export const RUN_WARNINGS = [
  {
    id: 'W010',
    summary: 'a metric that the scenario asks for has no value in any run',
    next: 'Nothing happened that it measures: make the load longer, or ask for another metric.',
  },
  {
    id: 'W011',
    summary: 'what metadata asked, failed or held is counted only while kmemleak lives',
    next: 'Compare such counts only between variants that live equally long: kmemleak_death_alloc.',
  },
  {
    id: 'W012',
    summary: 'runs were cut off at the time limit of the scenario',
    next: 'Raise horizon: in the scenario, or -s horizon=120s; replay ID shows how far a run came.',
  },
  {
    id: 'W013',
    summary: 'runs ended out of memory: nothing was left to kill',
    next: 'Give the machine more memory or swap, or the load a process that can be killed.',
  },
  {
    id: 'W014',
    summary: 'runs ended in a livelock: a request went round for ever',
    next: 'That is a result; loop_rounds_max and replay ID --events tell which request it was.',
  },
  {
    id: 'W015',
    summary: 'a variant has another number of runs than the baseline',
    next: 'Only pairs enter the differences; run the scenario again to fill the gaps.',
  },
  {
    id: 'W016',
    summary: 'a new gfp flag is dropped on its way and does not do what it is for',
    next: 'Say which places know it: --flag NAME=BIT:bits-shift,reclaim-mask.',
  },
  {
    id: 'W017',
    summary: 'results of different seeds are compared: their runs are no pairs',
    next: 'Intervals hold, but are wider than need be: make both with one --seed.',
  },
  {
    id: 'W020',
    summary: 'a stored run is not what was written: its hash is wrong',
    next: 'It is made again and nothing is lost; if it happens again, look after the disk.',
  },
  {
    id: 'W021',
    summary: 'the precision asked for was not reached with the runs allowed',
    next: 'Raise --max-reps, ask for a lower --precision, or take the intervals as they are.',
  },
  {
    id: 'W022',
    summary: 'time series do not settle: MSER-5 would drop more than half of them',
    next: 'Such a mean is of a transient: run longer, or read the series in vectors/ itself.',
  },
] as const satisfies readonly WarningKind[];

export type WarningId = (typeof RUN_WARNINGS)[number]['id'];
