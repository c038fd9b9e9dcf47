import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCatalogs } from '../src/cli/load-catalogs.ts';
import { NodeFiles } from '../src/cli/node-files.ts';
import { judgeClaims } from '../src/experiment/claims.ts';
import { Runner } from '../src/experiment/run.ts';
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
