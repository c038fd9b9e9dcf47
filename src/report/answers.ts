import { counted } from '../base/counted.ts';
import type { Claim, Outcome } from '../experiment/claims.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { buildReport } from './build-report.ts';
import { answerText, claimText, worstOutcome } from './claim-text.ts';
import type { Report } from './report.ts';

/** A scenario's answer to its question, with the claims behind it: plain data. */
export interface Answer {
  readonly scenario: string;
  readonly question: string;
  readonly kernel: string;
  readonly seed: string;
  readonly replications: number;
  /** In words; null: the scenario has claims and no answer. */
  readonly answer: string | null;
  readonly outcome: Outcome;
  readonly claims: readonly Claim[];
}

export const ANSWERS_SCHEMA_VERSION = 1;

export function answerOf(scenario: Scenario, claims: readonly Claim[]): Answer {
  const { name, question, kernel, seed, replications } = scenario;
  return {
    ...{ scenario: name, question, kernel, seed, replications },
    answer: answerText(scenario, claims),
    outcome: worstOutcome(claims),
    claims,
  };
}

/** The answer and its claims as sentences, for the head of a report. */
export function answerLines({ answer, claims }: Answer): string[] {
  if (answer === null) return [];
  return [`Answer: ${answer}`, ...claims.map((claim, i) => `${i + 1} ${claimText(claim)}.`)];
}

/** The report with its question's answer on top, and the claims behind it. */
export function withAnswer(report: Report, answer: Answer): Report {
  const { claims } = answer;
  const headline = [...answerLines(answer), ...report.headline];
  return { ...report, headline, ...(claims.length === 0 ? {} : { claims }) };
}

/** A report of an answer that was kept without its runs. */
export function answerReport(answer: Answer): Report {
  const { scenario, question, kernel, seed, replications } = answer;
  const meta = { name: scenario, question, kernel, seed, replications, warnings: [] };
  const load = `the stored answer; its ${counted(replications, 'run')} a variant not kept`;
  const [baseline = ''] = answer.claims.map(({ variant }) => variant);
  const report = buildReport({ ...meta, load, baseline }, [], []);
  return withAnswer({ ...report, headline: [] }, answer);
}

/** answers.json: what was asked and what came out, without the runs. */
export function answersJson(answers: readonly Answer[]): string {
  const all = { schemaVersion: ANSWERS_SCHEMA_VERSION, answers };
  return `${JSON.stringify(all, null, 1)}\n`;
}

const VERDICTS: Readonly<Record<Outcome, string>> = {
  holds: 'all claims hold',
  measured: 'nothing claimed',
  unclear: 'partly unclear',
  fails: 'contradicted',
};

/**
 * answers.md: a line a question. Scenarios called q08-…, q08b-… are one question; the first one
 * speaks for it, and the worst outcome is that of all.
 */
export function answersPage(answers: readonly Answer[]): string {
  const groups = new Map<string, Answer[]>();
  for (const answer of answers) {
    const key = /^q\d\d/.exec(answer.scenario)?.[0] ?? answer.scenario;
    groups.set(key, [...(groups.get(key) ?? []), answer]);
  }
  const rows = [...groups.values()].map((group) => {
    const [first] = group;
    const outcome = worstOutcome(group);
    const names = group.map(({ scenario }) => `\`${scenario}\``).join(', ');
    const said = `${first!.answer ?? ''} *(${VERDICTS[outcome]})*`;
    return `| ${cell(first!.question)} | ${cell(said)} | ${names} |`;
  });
  return ['| question | answer | scenario |', '|---|---|---|', ...rows, ''].join('\n');
}

function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
}
