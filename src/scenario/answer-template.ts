import { UserError } from '../base/user-error.ts';
import type { ExpectSection } from './schema-claims.ts';

// The text of an answer, and what its braces stand for:
//
//   {2}                        what the second expectation measured, with its interval
//   {2.theory} {2.min} {2.max} the number that the expectation itself names; also {2.at}
//   {derived.pool-64.pool}     a number of the scenario, by its path
//
// So no number of a run, of a theory or of a parameter stands in two places.

const PARTS = ['theory', 'min', 'max', 'at'] as const;
export type ClaimPart = (typeof PARTS)[number];

export type AnswerPiece =
  | { readonly words: string }
  /** The number of a claim, from 1; without a part what it measured. */
  | { readonly claim: number; readonly part?: ClaimPart }
  | { readonly path: readonly string[] };

const BRACES = /\{([^{}]*)\}/;
const CLAIM = /^(\d{1,2})(?:\.([a-z]+))?$/;

export function readAnswer(template: string): AnswerPiece[] {
  return template
    .split(BRACES)
    .map((text, index) => (index % 2 === 0 ? { words: text } : place(text)));
}

function place(text: string): AnswerPiece {
  const found = CLAIM.exec(text);
  if (found === null) return { path: text.split('.') };
  const [, claim, part] = found;
  if (part === undefined) return { claim: Number(claim) };
  const known = PARTS.find((one) => one === part);
  return known === undefined ? { path: text.split('.') } : { claim: Number(claim), part: known };
}

/** The number or word at a path of the scenario; undefined: none is there. */
export function scalarAt(scenario: object, path: readonly string[]): number | string | undefined {
  let value: unknown = scenario;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      return undefined;
    value = Object.entries(value).find(([name]) => name === step)?.[1];
  }
  return typeof value === 'number' || typeof value === 'string' ? value : undefined;
}

/** Refuses braces that stand for nothing. */
export function checkAnswer(scenario: {
  readonly answer?: string | undefined;
  readonly expect: readonly ExpectSection[];
}): void {
  for (const piece of readAnswer(scenario.answer ?? '')) {
    if ('words' in piece) continue;
    const said = 'path' in piece ? piece.path : [piece.claim, piece.part ?? []].flat();
    const text = `the answer's {${said.join('.')}}`;
    if ('path' in piece) {
      if (scalarAt(scenario, piece.path) !== undefined) continue;
      throw new UserError(`${text} is no number of the scenario`, {
        expected: '{1} or {1.theory} of an expectation, or a path such as {derived.mine.pool}',
      });
    }
    const demand = scenario.expect[piece.claim - 1];
    if (demand === undefined) {
      throw new UserError(`${text} stands for no expectation`, {
        expected: `1 to ${scenario.expect.length}`,
      });
    }
    if (piece.part !== undefined && demand[piece.part] === undefined) {
      throw new UserError(`${text}: expectation ${piece.claim} has no ${piece.part}`);
    }
  }
}
