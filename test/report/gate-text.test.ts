import { describe, expect, test } from 'vitest';
import { gateText } from '../../src/report/gate-text.ts';
import type { ReportGate } from '../../src/report/report.ts';

const GATE: ReportGate = {
  ...{ variant: 'quiet-2011', metric: 'injected_host', unit: 'count' },
  ...{ threshold: 'injected_host:~10%', verdict: 'passed', before: 6.5 },
  estimate: { value: 0, low: 0, high: 0, n: 4, exact: true },
};

describe('a change of nothing has a sign: without one it reads as a fall to nothing', () => {
  test.each([
    ['exact', {}, '+0 from 6.5; passed'],
    [
      'a share',
      { unit: 'flag', before: 1, estimate: { value: 0, low: -0.5, high: 0.5, n: 4 } },
      /^\+0\.00 \[-0\.50, \+0\.50\] from 1;/,
    ],
    ['a time', { unit: 'ns', before: 2000 }, '+0 ns from 2 us; passed'],
    [
      'a fall',
      { estimate: { value: -2, low: -2, high: -2, n: 4, exact: true } },
      /^-2 from 6\.5; passed/,
    ],
  ] as [string, Partial<ReportGate>, string | RegExp][])('%s', (_, change, text) => {
    const shown = gateText({ ...GATE, ...change });
    if (typeof text === 'string') expect(shown).toContain(text);
    else expect(shown).toMatch(text);
  });

  test('but a number held to a limit has none', () => {
    expect(gateText({ ...GATE, before: null })).toMatch(/^0; passed/);
  });
});
