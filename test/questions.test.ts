import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NodeFiles } from '../src/cli/files/node-files.ts';
import { loadCatalogs } from '../src/cli/load-catalogs.ts';
import { judgeClaims } from '../src/experiment/claims.ts';
import { Runner } from '../src/experiment/run.ts';
import { FAIL_PAGE_ALLOC_DEFAULTS } from '../src/model/fault/fault-attr.ts';
import { reserveEntries } from '../src/model/kmemleak/reserve-spec.ts';
import { withLockdep } from '../src/model/mm/with-lockdep.ts';
import { type Answer, answerOf, answersPage } from '../src/report/answers.ts';
import { loadScenario } from '../src/scenario/load.ts';
import { ROOT } from './cli/gfpsim.ts';

// The twenty questions: is each asked, answered, and answered as committed?
// `gfpsim run questions` renews results/questions.

const FOLDER = join(ROOT, 'scenarios/questions');
const names = readdirSync(FOLDER)
  .sort()
  .map((file) => file.replace(/\.yaml$/, ''));
const catalogs = await loadCatalogs();
const committed = committedAnswers();

/** Quick to run again; between them they have every kind of claim. */
const RERUN = [
  'q03-nowait-weak-context',
  'q04b-nofail-reserves',
  'q07b-million-pool-young',
  'q10b-mempool-atomic',
  'q11b-noretry-or-kill',
  'q20-swept-syscall',
  'q20b-second-point',
];

function committedAnswers(): Answer[] {
  const text = readFileSync(join(ROOT, 'results/questions/answers.json'), 'utf8');
  return (JSON.parse(text) as { answers: Answer[] }).answers;
}

function scenarioOf(name: string) {
  const path = join(FOLDER, `${name}.yaml`);
  return loadScenario(path, { files: new NodeFiles(), catalogs }).scenario;
}

describe('the twenty questions', () => {
  it('are all asked', () => {
    const asked = new Set(names.map((name) => name.slice(0, 3)));
    const twenty = Array.from({ length: 20 }, (_, i) => `q${String(i + 1).padStart(2, '0')}`);
    expect([...asked]).toEqual(twenty);
  });

  it('are all answered, in the order of their scenarios', () => {
    expect(committed.map(({ scenario }) => scenario)).toEqual(names);
  });

  it.each(names)('%s: the committed answer is to the question as it stands', (name) => {
    const scenario = scenarioOf(name);
    const answer = committed.find((each) => each.scenario === name)!;
    const { question, seed, replications, claims } = answer;
    expect({ question, seed, replications }).toEqual({
      question: scenario.question,
      seed: scenario.seed,
      replications: scenario.replications,
    });
    expect(claims.map(({ variant, why }) => [variant, why])).toEqual(
      scenario.expect.map(({ variant, why }) => [variant, why]),
    );
    // Its words follow from its claims.
    expect(answerOf(scenario, claims)).toEqual(answer);
  });

  it('have their answers in the README, word for word', () => {
    const page = answersPage(committed);
    expect(readFileSync(join(ROOT, 'results/questions/answers.md'), 'utf8')).toBe(page);
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(page.trimEnd());
  });
});

describe('numbers in an answer that no run and no claim gives', () => {
  const said = (name: string) => committed.find(({ scenario }) => scenario === name)!.answer!;
  const old = catalogs.kernels.get('4.17');
  const { objectSize } = old.kmemleak;
  const mebibytes = (objects: number, size: number) => (objects * size) / 2 ** 20;
  const paramsOf = (name: string) => scenarioOf(name).load[0]!.params;

  it('Q6: a tenth of the half of all slots, and its deviation', () => {
    const { fault } = scenarioOf('q06-pool-for-a-load');
    const live = Number(paramsOf('q06-pool-for-a-load').slots) / 2;
    const share = Number((fault.failslab as { probability: number }).probability) / 100;
    const deviation = Math.sqrt(live * share * (1 - share));
    expect(said('q06-pool-for-a-load')).toContain(
      `${Math.round(live * share)} on average with a deviation of ${Math.round(deviation)}`,
    );
  });

  it("Q7: the million's time and memory, and its level when the burst comes", () => {
    const { entries, periodNs } = catalogs.variants.get('pool-1M-thread').reserve!;
    const hours = (Number(entries) * periodNs!) / 3600e9;
    const answer = said('q07-million-pool');
    expect(answer).toContain(`${hours.toFixed(1)} hours`);
    expect(answer).toContain(`${mebibytes(Number(entries), objectSize)} MiB`);
    const debug = withLockdep(old).kmemleak.objectSize;
    expect(answer).toContain(`(${mebibytes(Number(entries), debug)} with debug fields)`);
    const level = (name: string) => Number(paramsOf(name).start) / periodNs!;
    expect(answer).toContain(`after a minute, when there are ${level('q07-million-pool')},`);
    expect(answer).toContain(`when there are ${level('q07b-million-pool-young')}.`);
    expect(said('q07b-million-pool-young')).toContain(`one every ${periodNs! / 1e6} ms`);
    expect(Number(paramsOf('q07-million-pool').start)).toBe(60e9);
    expect(Number(paramsOf('q07b-million-pool-young').start)).toBe(10e9);
  });

  it("Q8: Marinas' reserve on so many CPUs", () => {
    const { entries } = catalogs.variants.get('emergency-pool').reserve!;
    const { perCpu } = entries as { perCpu: number };
    const { cpus } = scenarioOf('q08-oom-knee').machine;
    expect(said('q08-oom-knee')).toContain(`NR_CPUS x ${perCpu} = ${cpus! * perCpu} objects`);
  });

  it('Q9, Q14: the rest of the scan thread, and the default min-order', () => {
    expect(scenarioOf('q09-refill-rule').kmemleak.scan.period).toBe(600e9);
    expect(said('q09-refill-rule')).toContain('once in ten minutes');
    const { minOrder } = FAIL_PAGE_ALLOC_DEFAULTS;
    expect(said('q14-second-injection')).toContain(`the default min-order ${minOrder} `);
  });

  it('Q5, Q17, Q18: the size of objects, and of the pool of 5.4', () => {
    const entries = reserveEntries(catalogs.variants.get('pool-5.4').reserve!, {
      ...{ kernel: old, cpus: 2, size: objectSize, objects: 0 },
    });
    const pinned = mebibytes(entries, objectSize).toFixed(1);
    expect(said('q17-who-tunes-the-pool')).toContain(
      `the ${entries} objects of 5.4, which pin ${pinned} MiB`,
    );
    expect(said('q18-embedded')).toContain(`grow by ${objectSize} bytes`);
    expect((100 * (2148 / 20_000)).toFixed(1)).toBe('10.7');
    expect(said('q05-page-fault-share')).toContain('10.7 %');
  });

  it('stand in no other answer; those above are all', () => {
    const tied: Readonly<Record<string, readonly string[]>> = {
      'q05-page-fault-share': ['10.7'],
      'q06-pool-for-a-load': ['102', '10'],
      'q07-million-pool': ['29.1', '304', '384', '600', '100'],
      'q07b-million-pool-young': ['100'],
      'q08-oom-knee': ['4', '8'],
      'q14-second-injection': ['1'],
      'q17-who-tunes-the-pool': ['16000', '4.6'],
      'q18-embedded': ['304'],
    };
    for (const name of names) {
      const { answer = '' } = scenarioOf(name);
      // Neither what the program fills in, nor names of scenarios and releases.
      const typed = answer
        .replace(/\{[^{}]*\}/g, '')
        .replace(/\bq\d\d[a-z]?\b|\b(?:of|of kernel) \d+\.\d+/g, '');
      const numbers = typed.match(/(?<![\w-])\d+(?:\.\d+)*(?!\w)/g) ?? [];
      expect([name, ...numbers]).toEqual([name, ...(tied[name] ?? [])]);
    }
  });
});

describe('asked again', () => {
  it.each(RERUN)('%s is answered the same', (name) => {
    const scenario = scenarioOf(name);
    const runner = new Runner([scenario], catalogs);
    const runs = scenario.variants.flatMap((variant) =>
      Array.from({ length: scenario.replications }, (_, replication) =>
        runner.run({ scenario: name, variant, replication, seed: scenario.seed }),
      ),
    );
    const claims = judgeClaims(scenario, runs, catalogs.metrics.all());
    const answer = committed.find((each) => each.scenario === name);
    expect(JSON.parse(JSON.stringify(answerOf(scenario, claims)))).toEqual(answer);
  });
});
