import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { Machine } from '../../src/model/machine.ts';
import { resolveText } from './resolve-text.ts';

// Which mask is better than which? The measured churns under failslab again, with dice of their
// own: of any two masks the same one must keep kmemleak alive, and have fewer faults on metadata,
// ties included. Two counts tie where their difference is within the scatter of dice.

interface Outcome {
  readonly alive: number;
  readonly injected: number;
}

interface Arm {
  readonly measured: Outcome[];
  readonly simulated: Outcome[];
}

const FIXTURES = resolve(import.meta.dirname, '../fixtures/kmemleak');
const MACHINES = resolve(import.meta.dirname, '../../scenarios/machines');
/** Standard deviations. */
const Z = 3.3;

/** Of the callers of one kind, those without any reclaim bit: only they tell some masks apart. */
const SETS = [
  { name: 'churn-failslab-4.17', kernel: '4.17', caller: undefined },
  { name: 'bare-gfp-4.17', kernel: '4.17', caller: 'bare' },
];

type Row = Readonly<Record<string, string>>;

function rowsOf(name: string): Row[] {
  const text = readFileSync(`${FIXTURES}/${name}.csv`, 'utf8');
  const [header, ...lines] = text.trim().split('\n');
  const names = header!.split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    return Object.fromEntries(names.map((field, i) => [field, fields[i]!]));
  });
}

function simulate(row: Row, kernel: string): Outcome {
  const { variant, caller, pool = '0', interval = '1' } = row;
  const gfp = caller === undefined ? '' : `, gfp: ${caller === 'bare' ? '"0"' : caller}`;
  const text = `
question: Which mask is better?
kernel: "${kernel}"
machine: { procfs: ${MACHINES}/qemu-256M-${kernel} }
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
variants: [${variant}]
`;
  const { config, tasks, streams, horizonNs } = resolveText(text, variant!);
  const machine = new Machine(config, tasks, streams);
  machine.run(horizonNs);
  const { kmemleakAlive, failslab } = machine.readings();
  return { alive: Number(kmemleakAlive), injected: failslab.injected.metadata };
}

/** All settings of a set: each with its masks, what was measured and what comes out here. */
function settingsOf(set: (typeof SETS)[number]): Map<string, Map<string, Arm>> {
  const settings = new Map<string, Map<string, Arm>>();
  for (const row of rowsOf(set.name).filter(({ caller }) => caller === set.caller)) {
    const knobs = ['caller', 'pool', 'probability', 'interval', 'ignore_gfp_wait'];
    const setting = knobs.map((knob) => row[knob] ?? '').join(' ');
    const arms = settings.get(setting) ?? new Map<string, Arm>();
    const arm = arms.get(row['variant']!) ?? { measured: [], simulated: [] };
    const alive = Number(row['alive'] ?? (Number(row['death_idx']) < 0 ? 1 : 0));
    arm.measured.push({ alive, injected: Number(row['inj_slab_meta']) });
    arm.simulated.push(simulate(row, set.kernel));
    settings.set(setting, arms.set(row['variant']!, arm));
  }
  return settings;
}

/** −1, 0 or 1; shares of two or three runs are told apart where all stand against none. */
function rank(one: readonly number[], two: readonly number[], isShare: boolean): number {
  const [a, b] = [one, two].map((values) => values.reduce((sum, value) => sum + value, 0));
  const scatter = isShare ? one.length - 0.5 : Z * Math.sqrt(a! + b! + 1);
  return Math.abs(a! - b!) > scatter ? Math.sign(a! - b!) : 0;
}

test.each(SETS)('$name: every two masks rank as measured', (set) => {
  const differ: string[] = [];
  let ranked = 0;
  for (const [setting, arms] of settingsOf(set)) {
    const masks = [...arms.keys()];
    for (const [i, one] of masks.entries()) {
      for (const two of masks.slice(i + 1)) {
        for (const metric of ['alive', 'injected'] as const) {
          const ranks = (['measured', 'simulated'] as const).map((side) =>
            rank(
              arms.get(one)![side].map((outcome) => outcome[metric]),
              arms.get(two)![side].map((outcome) => outcome[metric]),
              metric === 'alive',
            ),
          );
          if (ranks[0] !== 0) ranked++;
          if (ranks[0] !== ranks[1]) differ.push(`${setting} ${metric} ${one} ${two}: ${ranks}`);
        }
      }
    }
  }
  expect(differ).toEqual([]);
  expect(ranked).toBeGreaterThan(10);
});
