import pc from 'picocolors';

export type ColorWish = 'auto' | 'always' | 'never';
export type Colors = ReturnType<typeof pc.createColors>;

export interface ColorDecision {
  readonly color: boolean;
  readonly why: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Colour or not: what is asked for, then NO_COLOR, then FORCE_COLOR, then whether somebody looks. A
 * CI is no terminal, and no exception: picocolors' own rule colours its pipes.
 */
export function decideColor(
  wish: ColorWish,
  stream: { readonly isTTY?: boolean },
  { NO_COLOR, FORCE_COLOR, TERM }: Environment,
): ColorDecision {
  if (wish !== 'auto') return { color: wish === 'always', why: `--color ${wish}` };
  if (NO_COLOR !== undefined && NO_COLOR !== '') return { color: false, why: 'NO_COLOR is set' };
  if (FORCE_COLOR !== undefined) {
    const color = FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
    return { color, why: `FORCE_COLOR=${FORCE_COLOR}` };
  }
  if (stream.isTTY !== true) return { color: false, why: 'no terminal' };
  if (TERM === 'dumb') return { color: false, why: 'TERM=dumb' };
  return { color: true, why: 'a terminal' };
}

export function colorsFor(decision: ColorDecision): Colors {
  return pc.createColors(decision.color);
}

const PAINTS: readonly (readonly [RegExp, (colors: Colors) => (text: string) => string])[] = [
  [/(?<= {2})better$/gm, ({ green }) => green],
  [/(?<= {2})(worse|differs)$/gm, ({ red }) => red],
  [/(?<= {2})(unclear|no data)$/gm, ({ yellow }) => yellow],
  [/(?<= {2})(baseline|same)$/gm, ({ dim }) => dim],
  [/^ {2}warning W\d+:/gm, ({ yellow }) => yellow],
  [/^ok(?= {4}\S)/gm, ({ green }) => green],
  [/^warn(?= {2}\S)/gm, ({ yellow }) => yellow],
  [/^fail(?= {2}\S)/gm, ({ red }) => red],
];

/** Colours the verdicts of a finished text: no width changes, and none is needed to read it. */
export function painted(text: string, colors: Colors): string {
  if (!colors.isColorSupported) return text;
  return PAINTS.reduce(
    (sofar, [pattern, paint]) => sofar.replace(pattern, (word) => paint(colors)(word)),
    text,
  );
}
