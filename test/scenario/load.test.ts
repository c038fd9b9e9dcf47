import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/user-error.ts';
import { load, SMALL } from './sample-scenarios.ts';

const replace = (what: string, by: string) => SMALL.replace(what, by);
const withMachine = (line: string) => replace('  memory: 128MiB\n', `  memory: 128MiB\n${line}\n`);

describe('a right scenario', () => {
  it('gets its defaults', () => {
    const { scenario } = load(SMALL);
    expect(scenario).toMatchObject({
      name: 's',
      kernel: '4.17',
      seed: '1',
      replications: 20,
      horizon: 60_000_000_000,
      machine: { memory: 134217728 },
    });
    expect(scenario.variants[0]).toBe('quiet-2011');
    expect(scenario.variants.slice().sort()).toEqual([...new Set(scenario.variants)].sort());
  });

  it('keeps names as they are written', () => {
    expect(load(replace('"4.17"', '6.1')).scenario.kernel).toBe('6.1');
    expect(load(`${SMALL}seed: 00123\n`).scenario.seed).toBe('00123');
    // 6.10 is another kernel than 6.1, though the numbers are equal.
    expect(() => load(replace('"4.17"', '6.10'))).toThrow("unknown kernel '6.10'");
  });

  it('takes Y, N, booleans and on, off for switches', () => {
    for (const [written, means] of [
      ['Y', true],
      ['off', false],
      ['true', true],
      ['0', false],
    ]) {
      const text = `${SMALL}fault: { failslab: { task-filter: ${written} } }\n`;
      const { failslab } = load(text).scenario.fault;
      expect(failslab).toEqual({ 'task-filter': means });
    }
  });

  it('takes JSON, aliases and comments', () => {
    const json = JSON.stringify({
      question: 'q',
      kernel: '4.17',
      machine: { memory: '64MiB' },
      load: [{ workload: 'drain' }],
    });
    expect(load(json).scenario.machine.memory).toBe(67108864);
    const aliased = `${SMALL}variants: &v [quiet-2011]\nmetrics: [kmemleak_alive] # one\n`;
    expect(load(aliased).scenario.variants).toEqual(['quiet-2011']);
  });

  it('runs masks after the listed variants', () => {
    const text = `${SMALL}variants: [quiet-2011]\nmasks: { mine: gfp | __GFP_NOWARN }\n`;
    expect(load(text).scenario.variants).toEqual(['quiet-2011', 'mine']);
  });
});

describe('a wrong scenario is refused with its place', () => {
  it.each([
    [
      'unknown key',
      `${SMALL}kernal: 4.17\n`,
      "s.yaml:8:1: unknown key 'kernal'; did you mean 'kernel'?",
    ],
    ['unknown key inside', withMachine('  memroy: 1MiB'), "s.yaml:5:3: unknown key 'memroy'"],
    [
      'unknown key of a load',
      replace('size:', 'sise:'),
      "s.yaml:7:15: unknown key 'sise'; did you mean 'size'?",
    ],
    ['duplicate key', `${SMALL}kernel: "6.1"\n`, "s.yaml:8:1: the key 'kernel' stands twice"],
    [
      'wrong unit',
      replace('128MiB', '128MB'),
      "s.yaml:4:11: machine.memory: size '128MB' has the unknown unit 'MB'",
    ],
    ['no unit', replace('128MiB', '128'), "s.yaml:4:11: machine.memory: size '128' has no unit"],
    [
      'negative',
      replace('128MiB', '-128MiB'),
      "s.yaml:4:11: machine.memory: '-128MiB' is negative",
    ],
    [
      'NaN',
      `${SMALL}replications: .nan\n`,
      "s.yaml:8:15: replications: '.nan' is no finite number",
    ],
    ['infinity', replace('128MiB', '.inf'), "s.yaml:4:11: machine.memory: '.inf' is no finite"],
    [
      'text for a number or a word',
      `${SMALL.replace(/size: \S+/, 'attempts: ten,')}`,
      "attempts: 'ten'; expected a number or unlimited",
    ],
    ['an alias without its anchor', replace('128MiB', '*ram'), "the alias '*ram' points nowhere"],
    [
      'negative count',
      `${SMALL}replications: -1\n`,
      "s.yaml:8:15: replications: '-1' is too small; expected at least 1",
    ],
    ['fraction', `${SMALL}replications: 1.5\n`, "'1.5' is not a whole number"],
    ['text for a number', `${SMALL}replications: many\n`, "'many' is text; expected a number"],
    ['missing', SMALL.replace(/question.*\n/, ''), 's.yaml:1:1: question is missing'],
    [
      'unknown kernel',
      replace('"4.17"', '"4.71"'),
      "s.yaml:2:9: unknown kernel '4.71'; did you mean '4.17'?",
    ],
    [
      'unknown variant',
      `${SMALL}variants: [quiet-2011, rfc-strikt]\n`,
      "s.yaml:8:24: unknown variant 'rfc-strikt'; did you mean 'rfc-strict'?",
    ],
    [
      'variant twice',
      `${SMALL}variants: [untracked, untracked]\n`,
      "s.yaml:8:23: the variant 'untracked' stands twice",
    ],
    [
      'unknown metric',
      `${SMALL}metrics: [kmemleak_alife]\n`,
      "s.yaml:8:11: unknown metric 'kmemleak_alife'",
    ],
    [
      'unknown workload',
      replace('drain\n', 'drian\n'),
      "s.yaml:6:15: unknown workload 'drian'; did you mean 'drain'?",
    ],
    ['wrong gfp', replace('GFP_ATOMIC', 'GFP_ATOMIK'), 's.yaml:7:'],
    [
      'impossible zone',
      withMachine('  free: { HighMem: 5 }'),
      "s.yaml:5:11: unknown key 'HighMem'; known: DMA, DMA32, Normal, Movable",
    ],
    ['a mask that is none', `${SMALL}masks: { mine: gfp | __GFP_NOWORN }\n`, 's.yaml:8:16:'],
    ['a mask with a taken name', `${SMALL}masks: { untracked: gfp }\n`, 's.yaml:8:21:'],
    [
      'a boot string of two',
      `${SMALL}fault: { failslab: "10,100" }\n`,
      's.yaml:8:20: failslab=10,100 has 2 field(s)',
    ],
    [
      'probability 101',
      `${SMALL}fault: { failslab: { probability: 101 } }\n`,
      "'101' is not a percentage",
    ],
    ['two machines', withMachine('  procfs: x'), 's.yaml:5:11: '],
    ['not YAML', `${SMALL}  - }{\n`, 'not YAML'],
    ['a list', '- 1\n', 's.yaml'],
    ['empty', '', 's.yaml'],
    [
      'an expectation without limits',
      `${SMALL}expect: [{ metric: livelock, variant: untracked, why: w }]\n`,
      'demands nothing',
    ],
  ])('%s', (_what, text, message) => {
    expect(() => load(text)).toThrow(UserError);
    expect(() => load(text)).toThrow(message);
  });

  it('says what is not modelled, not that it is unknown', () => {
    expect(() => load(withMachine('  zswap: 1GiB'))).toThrow(
      's.yaml:5:3: machine.zswap: this build does not model a compressed cache in front of a',
    );
    expect(() => load(withMachine('  sysctl: { compact_memory: 1 }'))).toThrow(
      'does not model compaction',
    );
    expect(() => load(`${SMALL}memcg: {}\n`)).toThrow('does not model memory cgroups');
  });

  it('tells a misspelt key before what is missing for it', () => {
    expect(() => load(SMALL.replace('question', 'qestion'))).toThrow(
      "s.yaml:1:1: unknown key 'qestion' (and 1 more); did you mean 'question'?",
    );
  });

  it('tells the first of several mistakes and how many more there are', () => {
    const text = `${SMALL}seeds: 1\nreplications: -1\n`;
    expect(() => load(text)).toThrow(/^s\.yaml:8:1: unknown key 'seeds' \(and 1 more\)/);
  });
});

describe('noise', () => {
  it.each([
    ['ten megabytes', 'x'.repeat(10 * 1024 * 1024)],
    ['binary', '\u0000\u0001\u0002'.repeat(1000)],
    ['deep nesting', '['.repeat(5000)],
    ['thousands of keys', Array.from({ length: 5000 }, (_, i) => `k${i}: 1`).join('\n')],
    ['two documents', `${SMALL}---\n${SMALL}`],
    ['a bomb of aliases', bomb()],
  ])('%s: one short message', (_what, text) => {
    let message = '';
    try {
      load(text);
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      message = String(error);
    }
    expect(message).toMatch(/^UserError: s\.yaml/);
    expect(message.length).toBeLessThan(250);
    expect(message).not.toContain('\n');
  });
});

function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 12; i++) {
    const again = Array.from({ length: 9 }, () => `*a${i - 1}`).join(', ');
    lines.push(`a${i}: &a${i} [${again}]`);
  }
  return lines.join('\n');
}

describe('extends', () => {
  const base = { 'base.yaml': SMALL };

  it('merges maps and replaces lists', () => {
    const text = 'extends: base.yaml\nmachine: { cpus: 2 }\nload: [{ workload: churn }]\n';
    const { scenario, places } = load(text, base);
    expect(scenario.machine).toMatchObject({ memory: 134217728, cpus: 2 });
    expect(scenario.load.map(({ workload }) => workload)).toEqual(['churn']);
    expect(places.at(['machine', 'memory'])?.value).toMatchObject({ file: 'base.yaml', line: 4 });
    expect(places.at(['machine', 'cpus'])?.value).toMatchObject({ file: 's.yaml', line: 2 });
  });

  it('takes a key away with an empty value', () => {
    const text =
      'extends: base.yaml\nmachine:\n  memory:\n  zones: { DMA32: { managed: 30000 } }\n';
    const { scenario } = load(text, base);
    expect(scenario.machine.memory).toBeUndefined();
  });

  it('tells a mistake in the base with the place in the base', () => {
    const wrong = { 'base.yaml': SMALL.replace('128MiB', '128MB') };
    expect(() => load('extends: base.yaml\n', wrong)).toThrow('base.yaml:4:11: machine.memory');
  });

  it('refuses circles and missing files', () => {
    expect(() => load('extends: s.yaml\n')).toThrow('s.yaml:1:10: extends goes round');
    expect(() => load('extends: nowhere.yaml\n')).toThrow('s.yaml:1:10: no such scenario file');
  });
});

describe('--set', () => {
  it('sets, replaces and takes away', () => {
    const sets = ['machine.cpus=4', 'load.0.params.size=64', 'variants=[untracked]', 'seed=007'];
    const { scenario } = load(SMALL, {}, sets);
    expect(scenario.machine.cpus).toBe(4);
    expect(scenario.load[0]?.params).toMatchObject({ size: 64, gfp: 'GFP_ATOMIC' });
    expect(scenario.variants).toEqual(['untracked']);
    expect(scenario.seed).toBe('007');
    expect(load(`${SMALL}seed: x\n`, {}, ['seed=5', 'seed=6']).scenario.seed).toBe('6');
    expect(load(`${SMALL}replications: 3\n`, {}, ['replications=']).scenario.replications).toBe(20);
  });

  it('is named in messages about what it set', () => {
    expect(() => load(SMALL, {}, ['machine.memory=12'])).toThrow(
      "--set machine.memory=12: machine.memory: size '12' has no unit",
    );
    expect(() => load(SMALL, {}, ['machine.memoy=12'])).toThrow(
      "--set machine.memoy=12: unknown key 'memoy'; did you mean 'memory'?",
    );
    expect(() => load(SMALL, {}, ['machine'])).toThrow('not an override; expected path=value');
    expect(() => load(SMALL, {}, ['load.7.count=2'])).toThrow("the list has no item '7'");
  });

  it('does not forget where the rest came from', () => {
    const { places } = load(SMALL, {}, ['load.0.params.size=64']);
    expect(places.at(['load', '0', 'params', 'size'])?.value?.file).toContain('--set');
    expect(places.at(['load', '0', 'workload'])?.value).toMatchObject({ file: 's.yaml', line: 6 });
  });
});
