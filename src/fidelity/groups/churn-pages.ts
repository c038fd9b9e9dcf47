import { counted } from '../../base/counted.ts';
import type { FidelityGroup, Setting } from '../fidelity-group.ts';
import type { Laboratory, Row } from '../laboratory.ts';
import { once } from '../once.ts';
import { CHANCE_Z, shareOfHalf } from '../pairs-of-counts.ts';
import { alike, alsoWithin, between, exact, medianOf, type Quantity } from '../quantity.ts';

/** A measured run, and the metrics of the same churn here. */
interface Churn {
  readonly kernel: string;
  readonly of: (name: string) => string;
  /** A measured count. */
  readonly n: (name: string) => number;
  readonly run: () => Readonly<Record<string, number | null>>;
}

const KERNELS = ['4.17', '6.1'];
/** Relative scatter of the slabs that a churn's metadata needs, beside that of the dice. */
const PACE_SCATTER = 0.2;
/** The same of the callers' slabs: nobody knows how far each CPU slab was used at the start. */
const START_SCATTER = 0.07;
/** Pages of callers at 1 %, where dice say little: each within a fifth, all together a tenth. */
const JUDGED_SHARE = 0.2;
const JUDGED_SHARE_TOGETHER = 0.1;
/** Where dice decide who dies, as many may differ. */
const OTHER_DEATHS_MOST = 4;
const SPARED = ['nofail-4.15', 'fi-nofail', 'nofaultinject', 'knob-task'];
const KINDS = ['kernel', 'atomic', 'nowait'];

/**
 * Whom do page faults under a churn hit? The injectors' random numbers are not known, so that
 * counts are compared as two samples of one law. How many slabs a churn builds also depends on when
 * the ticks came: a fifth of the metadata's is taken as scatter.
 */
const group: FidelityGroup = {
  name: 'churn-pages',
  summary: 'churn under fail_page_alloc',
  heldTo: [
    'who dies and who cannot',
    'pages judged and failed, requests refused, by kind',
    'pages of metadata',
  ],
  unit: 'settings',
  agreement: 'inside the 99.99 % interval, a fifth of scatter allowed for when ticks came',
  measurements: KERNELS.map(fileOf),
  settings: (laboratory) => {
    const churns = KERNELS.flatMap((kernel) => churnsOf(kernel, laboratory));
    const settled = churns.filter(({ of }) => of('nofi_pass') === '1');
    return [
      ...settled.map((churn) => ({ ...head(churn), quantities: () => quantities(churn) })),
      ...churns
        .filter(({ of }) => of('nofi_pass') === '0')
        .map((churn) => ({ ...head(churn), quantities: () => stripped(churn) })),
      ...KERNELS.map((kernel) =>
        together(
          kernel,
          settled.filter((one) => one.kernel === kernel),
        ),
      ),
      ...SLAB_COUNTS.map((count) => metadataSlabs(count, laboratory)),
    ];
  },
};

export default group;

function fileOf(kernel: string): string {
  return `kmemleak/churn-pages-${kernel}.csv`;
}

function churnsOf(kernel: string, laboratory: Laboratory): Churn[] {
  return laboratory.rows(fileOf(kernel)).map((row, index) => {
    const of = (name: string) => row[name] ?? '';
    const run = once(() =>
      laboratory.metrics(laboratory.run(scenarioOf(kernel, row), undefined, index)),
    );
    return { kernel, of, n: (name) => Number(of(name)), run };
  });
}

function scenarioOf(kernel: string, row: Row): string {
  const pool = `pool: ${row['pool'] === '1' ? 16000 : 0}`;
  const flag = row['nofi_pass'] === '0' ? ', new-flag: { in-reclaim-mask: N }' : '';
  return `
question: Whom do page faults hit?
kernel: "${kernel}"
machine: { procfs: machines/qemu-256M-${kernel} }
kmemleak: { ${pool}${flag} }
fault:
  fail_page_alloc:
    probability: ${row['probability']}
    interval: ${row['interval']}
    times: -1
    task-filter: Y
    ignore-gfp-wait: ${row['ignore_gfp_wait']}
    min-order: ${row['min_order']}
load:
  - workload: churn
    params: { slots: 2048, attempts: ${row['attempts']}, seed: ${row['seed']} }
variants: [${row['variant']}]
`;
}

function head({ kernel, of }: Churn): Pick<Setting, 'kernel' | 'name'> {
  const knobs = [
    `${of('variant')}${of('pool') === '1' ? ' pool' : ''}`,
    `${of('probability')} %/${of('interval')}`,
    `ignore-gfp-wait ${of('ignore_gfp_wait')}`,
    `min-order ${of('min_order')}`,
    ...(of('nofi_pass') === '0' ? ['flag stripped'] : []),
    `seed ${of('seed')}`,
  ];
  return { kernel, name: knobs.join(', ') };
}

function quantities(churn: Churn): Quantity[] {
  const { n, of } = churn;
  const judged = like(churn, 'chk_page_host', 'fail_page_alloc_checked_host', START_SCATTER);
  const about = n('chk_page_host');
  const near = [about * (1 - JUDGED_SHARE), about * (1 + JUDGED_SHARE)] as const;
  return [
    ...fate(churn),
    of('probability') === '1' ? alsoWithin(judged, near) : judged,
    like(churn, 'inj_page_host', 'fail_page_alloc_injected_host', START_SCATTER),
    refusals(churn),
    ...KINDS.map((kind) => like(churn, `${kind}_fail`, `host_failures_${kind}`)),
    ...(livesHereAndThere(churn)
      ? [
          like(churn, 'inj_page_meta', 'fail_page_alloc_injected_metadata', PACE_SCATTER),
          like(churn, 'meta_fail', 'metadata_failures', PACE_SCATTER),
        ]
      : []),
  ];
}

/** Who cannot die does not: spared masks, slabs that fall back, the pool; two in a row kill. */
function fate({ n, run, of }: Churn): Quantity[] {
  const isSafe = SPARED.includes(of('variant')) || of('min_order') === '1' || of('pool') === '1';
  const isDoomed = !isSafe && isHalf(of);
  return isSafe || isDoomed ? [exact('kmemleak_alive', n('alive'), run()['kmemleak_alive']!)] : [];
}

/** Somebody is refused where somebody was, and nowhere else. */
function refusals(churn: Churn): Quantity {
  const measured = like(churn, 'host_fail', 'host_failures');
  return alsoWithin(measured, churn.n('host_fail') > 0 ? [1, null] : [0, 0]);
}

/**
 * Two counts of one law. A refused slab is asked for again, so that its faults until it is made
 * are p/(1−p) in the mean, and at p = 1/2 twice that in variance.
 */
function like({ n, run, of }: Churn, column: string, metric: string, scatter = 0): Quantity {
  const [theirs, ours] = [n(column), run()[metric] ?? Number.NaN];
  const dispersion = of('probability') === '50' && of('interval') === '1' ? 2 : 1;
  const dice = dispersion * Math.max(theirs + ours, 4);
  return alike(column, theirs, ours, CHANCE_Z * Math.sqrt(dice + 2 * (scatter * ours) ** 2));
}

function isHalf(of: Churn['of']): boolean {
  return of('probability') === '50' && of('interval') === '1' && of('min_order') === '0';
}

function livesHereAndThere({ n, run }: Churn): boolean {
  return n('alive') === 1 && run()['kmemleak_alive'] === 1;
}

/** What only many of them together tell. */
function together(kernel: string, churns: readonly Churn[]): Setting {
  return {
    kernel,
    name: 'all settings together',
    pooled: true,
    quantities: () => {
      const few = churns.filter(({ of }) => of('probability') === '1');
      const living = churns.filter(livesHereAndThere);
      const quiet = living.filter(({ of }) => of('probability') === '1' && of('min_order') === '0');
      const judged = few.map(
        ({ n, run }) => run()['fail_page_alloc_checked_host']! / n('chk_page_host'),
      );
      const doomed = churns.filter((churn) => fate(churn).length > 0 && churn.n('alive') === 0);
      const others = churns.length - living.length - doomed.length;
      const near = [1 - JUDGED_SHARE_TOGETHER, 1 + JUDGED_SHARE_TOGETHER] as const;
      return [
        exact('masks that 50 % kill', 6, doomed.length),
        between('others that die on one side', [0, OTHER_DEATHS_MOST], others),
        between('chk_page_host ratio, mean', near, sum(judged) / judged.length, few.length),
        between('metadata pages ratio, median', [0.75, 1.35], medianOf(quiet.map(asked))),
        ...halves(churns),
      ];
    },
  };
}

/** Pages that metadata asked for, by those measured. */
function asked({ n, run }: Churn): number {
  const { fail_page_alloc_checked_metadata: judged, fail_page_alloc_spared: spared } = run();
  return (judged! + spared!) / (n('chk_page_meta') + n('spared'));
}

/** p² at 50 %: of the new slabs whose first try failed, every second one fails for good. */
function halves(churns: readonly Churn[]): Quantity[] {
  const open = churns.filter(({ of }) => isHalf(of) && of('ignore_gfp_wait') === 'N');
  const measured = shareOfHalf('p² at 50 %, as measured', {
    hits: sum(open.map(({ n }) => n('host_fail'))),
    faults: sum(open.map(({ n }) => n('inj_page_host'))),
  });
  const simulated = shareOfHalf('p² at 50 %', {
    hits: sum(open.map(({ run }) => run()['host_failures']!)),
    faults: sum(open.map(({ run }) => run()['fail_page_alloc_injected_host']!)),
  });
  return [measured, simulated];
}

/** nofaultinject where SLUB strips the flag: judged as if it had none, and dead without a pool. */
function stripped({ of, n, run }: Churn): Quantity[] {
  const simulated = run();
  return [
    exact('alive, as measured', Number(of('pool')), n('alive')),
    exact('spared, as measured', 0, n('spared')),
    exact('kmemleak_alive', n('alive'), simulated['kmemleak_alive']!),
    exact('spared', n('spared'), simulated['fail_page_alloc_spared']!),
    between('chk_page_meta', [2, null], simulated['fail_page_alloc_checked_metadata']!),
  ];
}

/** Measured: some 190 on one CPU, some 750 on four. */
const SLAB_COUNTS = [
  { cpus: 1, bounds: [151, 229] },
  { cpus: 4, bounds: [701, 799] },
] as const;

/** Freed metadata is back as soon as RCU sees the loop switch. */
function metadataSlabs({ cpus, bounds }: (typeof SLAB_COUNTS)[number], laboratory: Laboratory) {
  const text = `
question: How many slabs does the metadata need?
kernel: "4.17"
machine: { memory: 256MiB, cpus: ${cpus} }
fault: { fail_page_alloc: { probability: 1, times: -1, ignore-gfp-wait: N, min-order: 0 } }
load:
  - workload: churn
    params: { slots: 2048, attempts: 20000, seed: 1 }
variants: [nofail-4.15]
`;
  return {
    kernel: '4.17',
    name: `metadata slabs of 20000 requests, ${counted(cpus, 'CPU')}`,
    pooled: true,
    quantities: () => {
      const run = laboratory.metrics(laboratory.run(text));
      return [
        exact('kmemleak_alive', 1, run['kmemleak_alive']!),
        between('chk_page_meta', bounds, run['fail_page_alloc_checked_metadata']!),
      ];
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
