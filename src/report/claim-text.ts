import type { Claim, Outcome } from '../experiment/claims.ts';
import { type AnswerPiece, readAnswer, scalarAt } from '../scenario/answer-template.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { formatDifference, formatEstimate, formatValue } from './numbers.ts';

// The answer to a scenario's question, and the claims behind it, in words:
//
//   Answer: it dies at request 11.1 [10.4, 11.8].
//   holds: mean kmemleak_death_alloc of quiet-2011 is 11.1 [10.4, 11.8], theory 11.1; because …

/** The answer with its numbers, and what is to be said against it; null: none was written. */
export function answerText(scenario: Scenario, claims: readonly Claim[]): string | null {
  if (scenario.answer === undefined) return null;
  const filled = readAnswer(scenario.answer)
    .map((piece) => pieceText(piece, scenario, claims))
    .join('');
  const against = (outcome: Outcome, words: string) => {
    const found = claims.flatMap((claim, i) => {
      const demand = subjectText(claim).replace(/:$/, '') + demandText(claim);
      return claim.outcome === outcome ? [`claim ${i + 1} (${demand})`] : [];
    });
    return found.length === 0 ? '' : ` ${words}: ${found.join(', ')}.`;
  };
  return filled + against('unclear', 'Unclear') + against('fails', 'Contradicted');
}

/** Loading has seen to it that every place has its number. */
function pieceText(piece: AnswerPiece, scenario: Scenario, claims: readonly Claim[]): string {
  if ('words' in piece) return piece.words;
  if ('path' in piece) return String(scalarAt(scenario, piece.path) ?? 'nothing');
  const claim = claims[piece.claim - 1];
  if (claim === undefined) return 'nothing';
  if (piece.part === undefined) return measuredText(claim);
  const number = claim[piece.part];
  return number === undefined ? 'nothing' : formatValue(number, claim.unit);
}

/** fails before unclear before holds before what is only measured. */
export function worstOutcome(all: readonly { readonly outcome: Outcome }[]): Outcome {
  const outcomes = all.map(({ outcome }) => outcome);
  const order: readonly Outcome[] = ['fails', 'unclear', 'holds'];
  return order.find((outcome) => outcomes.includes(outcome)) ?? 'measured';
}

export function claimText(claim: Claim): string {
  const { outcome, why } = claim;
  return `${outcome}: ${subjectText(claim)} ${measuredText(claim)}${demandText(claim)}: ${why}`;
}

export function measuredText({ of, measured, unit }: Claim): string {
  if (measured === null) return 'nothing';
  if (of === 'identity') return `${measured.value * measured.n} of ${measured.n} runs`;
  if (of === 'difference') return formatDifference(measured, unit === 'flag' ? 'ratio' : unit);
  return formatEstimate(measured, unit);
}

export function subjectText({ metric, variant, of, at, sameAs }: Claim): string {
  if (of === 'identity') return `runs of ${variant} that are those of ${sameAs}:`;
  if (of === 'survival') return `share of ${variant} past ${at} by ${metric}:`;
  if (of === 'difference') return `${metric} of ${variant} against the baseline:`;
  return `${metric} of ${variant}:`;
}

export function demandText({ of, unit, min, max, theory }: Claim): string {
  const show = (value: number) => formatValue(value, unit);
  const every = of === 'runs' ? ' in every run' : '';
  if (theory !== undefined) return `, theory ${show(theory)}`;
  if (min !== undefined && min === max) return `, to be ${show(min)}${every}`;
  const parts = [
    ...(min === undefined ? [] : [`at least ${show(min)}`]),
    ...(max === undefined ? [] : [`at most ${show(max)}`]),
  ];
  return parts.length === 0 ? '' : `, to be ${parts.join(' and ')}${every}`;
}
