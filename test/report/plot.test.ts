import { describe, expect, test } from 'vitest';
import type { SurvivalSummary } from '../../src/experiment/compare-types.ts';
import { intervalPlot } from '../../src/report/plot/interval-plot.ts';
import { labelPlaces, survivalPlot } from '../../src/report/plot/survival-plot.ts';
import { element, escapeText } from '../../src/report/plot/svg.ts';

function summaryOf(deaths: readonly number[], n: number, horizon: number): SurvivalSummary {
  const steps = deaths.map((time, i) => {
    return { time, survival: 1 - (i + 1) / n, low: null, high: null };
  });
  const last = steps.at(-1)?.survival ?? 1;
  const survived = { value: last, low: last, high: last, n };
  const median = null;
  const base = { kind: 'survival', n, died: deaths.length, median, horizon, curve: [] } as const;
  return { ...base, survived, restrictedMean: survived, steps };
}

const pathsOf = (svg: string) => [...svg.matchAll(/<path d="([^"]*)"/g)].map((match) => match[1]!);

describe('survival curves', () => {
  const early = { variant: 'early', summary: summaryOf([25, 50], 4, 100) };
  const never = { variant: 'never', summary: summaryOf([], 4, 100) };

  test('step down at each death and run to the horizon', () => {
    const [, curve] = pathsOf(survivalPlot([early], 'life', 'count'));
    // 482 px for 100, 246 px for all alive.
    expect(curve).toBe('M48,14L168.5,14L168.5,75.5L289,75.5L289,137L530,137L530,137');
  });

  test('that are the same are drawn once, with all their names', () => {
    const svg = survivalPlot([never, { ...never, variant: 'either' }, early], 'life', 'count');
    expect(pathsOf(svg)).toHaveLength(4);
    for (const name of ['never', 'either', 'early']) expect(svg).toContain(`>${name}</text>`);
    expect(svg).toContain('<desc>never, either: 0 of 4 died; early: 2 of 4 died</desc>');
  });

  test('have labels a line apart, inside the drawing', () => {
    expect(labelPlaces([14, 14, 14])).toEqual([14, 30, 46]);
    expect(labelPlaces([260, 260, 100])).toEqual([244, 260, 100]);
  });
});

test('an interval plot has a dot at the value and a bar over the interval', () => {
  const estimate = { value: 5, low: 2, high: 10, n: 4 };
  const svg = intervalPlot([{ variant: 'a<b', estimate }], 'cost & more', 'count');
  expect(svg).toContain('<circle cx="380" cy="20"');
  expect(svg).toContain('<line x1="242" x2="610" y1="20" y2="20"');
  expect(svg).toContain('>a&lt;b</text>');
  expect(svg).toContain('<title>cost &amp; more</title>');
});

test('numbers are short and markup is harmless', () => {
  expect(element('a', { x: 1.005, y: -0.001, z: 2 })).toBe('<a x="1" y="0" z="2"/>');
  expect(escapeText('<"\n&')).toBe('&lt;&quot; &amp;');
});
