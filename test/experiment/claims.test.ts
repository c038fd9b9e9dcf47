import { describe, expect, it } from 'vitest';
import { type Claim, judgeClaims } from '../../src/experiment/claims.ts';
import type { MetricValue, RunResult } from '../../src/experiment/run-result.ts';
import { answerLines, answerOf, answersPage } from '../../src/report/answers.ts';
import { catalogs, load, SMALL } from '../scenario/sample-scenarios.ts';

const METRICS = catalogs.metrics.all();

function scenarioOf(expectations: string, more = '') {
  const head = 'variants: [quiet-2011, untracked]\n';
  return load(`${SMALL}${head}${more}expect: [${expectations}]\n`).scenario;
}

/** Runs of one variant with one metric. */
function runs(variant: string, metric: string, values: readonly MetricValue[]): RunResult[] {
  return values.map((value, replication) => ({
    spec: { scenario: 's', variant, replication, seed: '1' },
    metrics: { [metric]: value },
    events: 0,
    simulatedNs: 0,
    fingerprint: `${variant} ${replication}`,
    end: 'finished',
  }));
}

function judged(expectation: string, results: readonly RunResult[]): Claim {
  return judgeClaims(scenarioOf(expectation), results, METRICS)[0]!;
}

const values = (...numbers: readonly number[]) => numbers.map((value) => ({ value }));
/** Mean 10, 95 % interval 8.04 to 11.96 by t of four degrees of freedom. */
const TENS = runs('quiet-2011', 'host_failures', values(8, 9, 10, 11, 12));
const MEAN = 'metric: host_failures, variant: quiet-2011, of: mean, why: w';

describe('a claim about a mean', () => {
  it.each([
    ['min: 8', 'holds'],
    ['min: 12', 'fails'],
    ['max: 7', 'fails'],
    ['min: 9', 'unclear'],
    ['min: 8, max: 12', 'holds'],
    ['min: 8, max: 11', 'unclear'],
    ['theory: 8.1', 'holds'],
    ['theory: 11.9', 'holds'],
    ['theory: 8', 'fails'],
    ['theory: 12', 'fails'],
  ])('%s: %s', (limits, outcome) => {
    expect(judged(`{ ${MEAN}, ${limits} }`, TENS).outcome).toBe(outcome);
  });

  it('without limits is only measured', () => {
    const { outcome, measured } = judged(`{ ${MEAN} }`, TENS);
    expect([outcome, measured!.value, measured!.n]).toEqual(['measured', 10, 5]);
  });

  it('fails where there is no such value', () => {
    const none = runs('quiet-2011', 'host_failures', [{ value: null }]);
    expect(judged(`{ ${MEAN}, min: 1 }`, none).outcome).toBe('fails');
  });
});

describe('other claims', () => {
  it('about every run look at the one that breaks them', () => {
    const of = 'metric: host_failures, variant: quiet-2011, why: w';
    expect(judged(`{ ${of}, min: 8 }`, TENS).outcome).toBe('holds');
    expect(judged(`{ ${of}, min: 9 }`, TENS).outcome).toBe('fails');
  });

  it('about a difference are about pairs', () => {
    const others = runs('untracked', 'host_failures', values(9, 10, 11, 12, 13));
    const of = 'metric: host_failures, variant: untracked, of: difference, why: w';
    const claim = judged(`{ ${of}, theory: 1 }`, [...TENS, ...others]);
    expect([claim.outcome, claim.measured!.value]).toEqual(['holds', 1]);
    expect(judged(`{ ${of}, max: 0 }`, [...TENS, ...others]).outcome).toBe('fails');
  });

  it('about survival count the runs that are past a moment', () => {
    const lives = [...values(5, 10, 20), { value: null, censoredAt: 30 }];
    const results = runs('quiet-2011', 'kmemleak_death_alloc', lives);
    const at = (time: number) => {
      const of = `metric: kmemleak_death_alloc, variant: quiet-2011, of: survival, at: ${time}`;
      return judged(`{ ${of}, theory: 0.5, why: w }`, results);
    };
    expect(at(10).measured!.value).toBe(0.5);
    expect(at(9).measured!.value).toBe(0.75);
    expect(at(1).measured).toMatchObject({ value: 1, high: 1, n: 4 });
    expect(at(10).outcome).toBe('holds');
  });

  it('about identity compare the fingerprints, replication by replication', () => {
    const same = TENS.map((result) => ({
      ...result,
      spec: { ...result.spec, variant: 'untracked' },
    }));
    const of = '{ variant: untracked, same-as: quiet-2011, why: w }';
    expect(judged(of, [...TENS, ...same]).outcome).toBe('holds');
    const turned = same.map((result, i) => ({
      ...result,
      fingerprint: same.at(-1 - i)!.fingerprint,
    }));
    const claim = judged(of, [...TENS, ...turned]);
    expect([claim.outcome, claim.measured!.value]).toEqual(['fails', 0.2]);
  });
});

describe('a claim that says too little or too much', () => {
  it.each([
    ['variant: untracked, why: w', 'this expectation has no metric'],
    ['variant: untracked, metric: host_failures, why: w', 'this expectation demands nothing'],
    ['variant: untracked, same-as: quiet-2011, min: 1, why: w', 'demands two things'],
    ['variant: untracked, same-as: quiet-2012, why: w', "did you mean 'quiet-2011'?"],
    ['variant: untracked, metric: host_failures, theory: 1, why: w', 'theory is for one estimate'],
    [
      'variant: untracked, metric: host_failures, of: survival, at: 1, why: w',
      'of: survival needs a time to an event, and at',
    ],
    [
      'variant: untracked, metric: kmemleak_death_alloc, of: survival, min: 1, why: w',
      'of: survival needs a time to an event, and at',
    ],
  ])('%s', (expectation, message) => {
    expect(() => scenarioOf(`{ ${expectation} }`)).toThrow(message);
  });
});

describe('an answer', () => {
  const answerFor = (limits: string) => {
    const text = 'answer: Some {1} were refused.\n';
    const scenario = scenarioOf(`{ ${MEAN}, ${limits} }`, text);
    return answerOf(scenario, judgeClaims(scenario, TENS, METRICS));
  };

  it('holds its numbers, and what is to be said against it', () => {
    expect(answerFor('min: 8').answer).toBe('Some 10.0 [8.0, 12.0] were refused.');
    expect(answerFor('min: 9').answer).toBe(
      'Some 10.0 [8.0, 12.0] were refused. ' +
        'Unclear: claim 1 (host_failures of quiet-2011, to be at least 9).',
    );
    expect(answerFor('min: 20')).toMatchObject({
      outcome: 'fails',
      answer:
        'Some 10.0 [8.0, 12.0] were refused. ' +
        'Contradicted: claim 1 (host_failures of quiet-2011, to be at least 20).',
    });
    expect(answerLines(answerFor('min: 8'))).toEqual([
      'Answer: Some 10.0 [8.0, 12.0] were refused.',
      '1 holds: host_failures of quiet-2011: 10.0 [8.0, 12.0], to be at least 8: w.',
    ]);
  });

  it('takes what a claim names and what the scenario says from there', () => {
    const text = 'answer: "{1.theory} of {load.0.params.size}, {derived.mine.pool} kept"\n';
    const loaded = 'derived: { mine: { from: pool-5.4, pool: 64 } }\n';
    const scenario = scenarioOf(`{ ${MEAN}, theory: 8.1 }`, `${text}${loaded}`);
    const { answer } = answerOf(scenario, judgeClaims(scenario, TENS, METRICS));
    expect(answer).toBe('8.1 of 256, 64 kept');
  });

  it.each([
    ['{2} die', "the answer's {2} stands for no expectation; expected 1 to 1"],
    ['{1.theory} die', "the answer's {1.theory}: expectation 1 has no theory"],
    ['{1.mean} die', "the answer's {1.mean} is no number of the scenario"],
    ['{derived.mine.pool} die', "the answer's {derived.mine.pool} is no number of the scenario"],
    ['{} die', "the answer's {} is no number of the scenario"],
  ])('%s is refused', (answer, message) => {
    const text = `answer: "${answer}"\n`;
    expect(() => scenarioOf(`{ ${MEAN}, min: 1 }`, text)).toThrow(message);
  });

  it('is a line of the page, with the worst outcome of its scenarios', () => {
    const part = (scenario: string, limits: string) => ({ ...answerFor(limits), scenario });
    const parts = [part('q07-x', 'min: 8'), part('q07b-x', 'min: 9'), part('q08-x', 'min: 8')];
    const lines = answersPage(parts).trim().split('\n').slice(2);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/were refused\. \*\(partly unclear\)\* \| `q07-x`, `q07b-x` \|$/);
    expect(lines[1]).toMatch(/\*\(all claims hold\)\* \| `q08-x` \|$/);
  });
});

describe('a derived variant', () => {
  const derived = (section: string) => load(`${SMALL}derived: { mine: ${section} }\n`).scenario;

  it('runs after the others and is named by its key', () => {
    expect(derived('{ from: pool-5.4, pool: 64 }').variants.at(-1)).toBe('mine');
  });

  it.each([
    ['{ from: pool-5.5, pool: 64 }', "unknown variant 'pool-5.5'; did you mean 'pool-5.4'?"],
    ['{ from: pool-5.4 }', "'mine' is 'pool-5.4'"],
  ])('%s is refused', (section, message) => {
    expect(() => derived(section)).toThrow(message);
  });
});
