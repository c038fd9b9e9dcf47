import type { CallerKind, MachineReadings } from '../../model/machine-readings.ts';
import type { FidelityGroup, Setting } from '../fidelity-group.ts';
import type { Laboratory, Row } from '../laboratory.ts';
import { once } from '../once.ts';
import { CHANCE_Z } from '../pairs-of-counts.ts';
import { alike, exact, type Quantity } from '../quantity.ts';
import { rankSettings } from '../ranks.ts';

/** A measured run, and the same churn here. */
interface Churn {
  readonly set: MeasuredSet;
  readonly row: Row;
  readonly run: () => MachineReadings;
}

interface MeasuredSet {
  readonly file: string;
  readonly kernel: string;
  quantities(churn: Churn): Quantity[];
}

/** With callers of three kinds, and with one kind at a time, gfp 0 among them. */
const SETS: readonly MeasuredSet[] = [
  { file: 'kmemleak/churn-failslab-4.17.csv', kernel: '4.17', quantities: ofAllKinds },
  { file: 'kmemleak/churn-failslab-6.1.csv', kernel: '6.1', quantities: ofAllKinds },
  { file: 'kmemleak/bare-gfp-4.17.csv', kernel: '4.17', quantities: ofOneKind },
];
const KINDS: readonly CallerKind[] = ['kernel', 'atomic', 'nowait'];
const GFPS: Readonly<Record<string, string>> = {
  bare: '"0"',
  kernel: 'GFP_KERNEL',
  atomic: 'GFP_ATOMIC',
  nowait: 'GFP_NOWAIT',
};
/** Names of a setting, but for the seed and what is compared within it. */
const KNOBS = ['caller', 'pool', 'probability', 'interval', 'ignore_gfp_wait'];

/**
 * Whom do failslab's faults hit? The injectors' random numbers are not known, so that counts are
 * compared as two samples of one law; what cannot happen must not happen, and the callers' mix of a
 * run without failures is the same to the last request. Of any two masks the same one must keep
 * kmemleak alive and have fewer faults on metadata, ties included.
 */
const group: FidelityGroup = {
  name: 'churn-failslab',
  summary: 'churn under failslab',
  heldTo: [
    'faults and refusals by kind of caller',
    'who dies and who cannot',
    'which of any two masks is better',
  ],
  unit: 'settings',
  agreement: 'inside the 99.99 % interval; who dies and the ranks are exact',
  measurements: SETS.map(({ file }) => file),
  settings: (laboratory) => {
    const churns = SETS.flatMap((set) => churnsOf(set, laboratory));
    return [
      ...churns.map((churn) => ({ ...head(churn), quantities: () => churn.set.quantities(churn) })),
      ...rankSettings(churns.map(outcomesOf)),
    ];
  },
};

export default group;

function churnsOf(set: MeasuredSet, laboratory: Laboratory): Churn[] {
  return laboratory.rows(set.file).map((row, index) => ({
    set,
    row,
    run: once(() => laboratory.run(scenarioOf(set.kernel, row), undefined, index)),
  }));
}

function scenarioOf(kernel: string, row: Row): string {
  const { caller, interval = '1', pool = '0' } = row;
  const gfp = caller === undefined ? '' : `, gfp: ${GFPS[caller]}`;
  return `
question: Whom do failslab's faults hit?
kernel: "${kernel}"
machine: { procfs: machines/qemu-256M-${kernel} }
kmemleak: { pool: ${pool === '1' ? 16000 : 0} }
fault:
  failslab:
    probability: ${row['probability']}
    interval: ${interval}
    times: -1
    ignore-gfp-wait: ${row['ignore_gfp_wait']}
load:
  - workload: churn
    params: { slots: 2048, attempts: ${row['attempts']}, seed: ${row['seed']}${gfp} }
variants: [${row['variant']}]
`;
}

function head({ set, row }: Churn): Pick<Setting, 'kernel' | 'name'> {
  const { variant, pool, caller, probability, interval = '1', ignore_gfp_wait: wait, seed } = row;
  const knobs = [
    `${variant}${pool === '1' ? ' pool' : ''}`,
    ...(caller === undefined ? [] : [`${caller} callers`]),
    `${probability} %/${interval}`,
    `ignore-gfp-wait ${wait}`,
    `seed ${seed}`,
  ];
  return { kernel: set.kernel, name: knobs.join(', ') };
}

function ofAllKinds({ row, run }: Churn): Quantity[] {
  const readings = run();
  const { failslab, hostFailures } = readings;
  const faulted = (hosts: number) => (hosts > 0 ? 'some' : 'none');
  const { checked, injected } = failslab;
  return [
    exact('kmemleak_alive', Number(row['alive']), Number(readings.kmemleakAlive)),
    like(row, 'chk_slab_host', checked.host),
    like(row, 'inj_slab_host', injected.host),
    like(row, 'inj_slab_meta', injected.metadata),
    exact('faults on callers', faulted(Number(row['inj_slab_host'])), faulted(injected.host)),
    ...KINDS.map((kind) => like(row, `${kind}_fail`, ofKind(readings, kind, 'failures'))),
    // A refused request fills no slot, and so the mix goes another way from there.
    ...(hostFailures > 0
      ? []
      : KINDS.map((kind) => {
          const measured = Number(row[`${kind}_attempt`]);
          return exact(`${kind}_attempt`, measured, ofKind(readings, kind, 'attempts'));
        })),
  ];
}

function ofOneKind({ row, run }: Churn): Quantity[] {
  const { kmemleakAlive, hostFailures } = run();
  return [
    exact('kmemleak_alive', aliveIn(row), Number(kmemleakAlive)),
    like(row, 'host_fail', hostFailures),
  ];
}

/** Two counts of rare things over as many trials. */
function like(row: Row, column: string, ours: number): Quantity {
  const theirs = Number(row[column]);
  return alike(column, theirs, ours, CHANCE_Z * Math.sqrt(Math.max(theirs + ours, 4)));
}

function ofKind(
  { classes }: MachineReadings,
  kind: CallerKind,
  count: 'attempts' | 'failures',
): number {
  return classes.filter((one) => one.kind === kind).reduce((sum, one) => sum + one[count], 0);
}

function aliveIn(row: Row): number {
  return Number(row['alive'] ?? (Number(row['death_idx']) < 0 ? 1 : 0));
}

function outcomesOf({ set, row, run }: Churn) {
  return {
    kernel: set.kernel,
    setting: [set.file, ...KNOBS.map((knob) => row[knob] ?? '')].join(' '),
    variant: row['variant']!,
    measured: { alive: aliveIn(row), injected: Number(row['inj_slab_meta']) },
    simulated: () => {
      const { kmemleakAlive, failslab } = run();
      return { alive: Number(kmemleakAlive), injected: failslab.injected.metadata };
    },
  };
}
