import { describe, expect, test } from 'vitest';
import html from '../../src/report/formats/html.ts';
import type { Report, ReportSource } from '../../src/report/report.ts';
import { emptyReport, SAMPLE_META, sampleReport } from './sample-report.ts';

const SOURCE: ReportSource = {
  rows: 'proposals',
  commands: ["gfpsim run a.yaml --set 'x=<1>'"],
  parameters: [{ path: 'machine.memory', value: '1GiB', origin: 'a.yaml:3:9' }],
  summaries: {},
  missing: ['Free pages over time are not stored.'],
};

const series = { names: ['ns', 'free_dma'], rows: 1, values: Float64Array.from([0, 9]) };
const marks = { min: 1, low: 2, high: 3 };
const course = { variant: 'quiet-2011', series, marks, endNs: 10, deathNs: 5 };
const whole: Report = { ...sampleReport(), source: SOURCE, courses: [course] };

describe('a page', () => {
  const page = html.render(whole);

  test('begins with the question, the winner and one picture, then why', () => {
    const places = [
      `<h1>${SAMPLE_META.question}</h1>`,
      'nofail-4.15 and knob-task keep kmemleak alive in all 8 runs.',
      '<h2>Who stayed alive</h2>',
      'Others lose it to the first refused request',
      'kmemleak, the kernel\u2019s leak detector',
      '</header>',
      '<table>',
    ].map((text) => page.indexOf(text));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test('says of every plot how to read it', () => {
    const figures = page.split('<figure>').slice(1);
    expect(figures.length).toBeGreaterThan(3);
    for (const one of figures)
      expect(one).toMatch(/^\n<h[23]>[^<]+<\/h[23]>\n<figcaption>[^<]{40,}/);
    expect(page.match(/<svg /g)).toHaveLength(figures.length);
    expect(page.match(/<desc>[^<]+<\/desc>/g)).toHaveLength(figures.length);
  });

  test('ends a load with the command that makes it again, and where parameters come from', () => {
    const rest = page.slice(page.indexOf('To make it again'));
    expect(rest).toContain("gfpsim run a.yaml --set 'x=&lt;1&gt;'</code>");
    expect(rest).toContain('All 1 parameters, and where each comes from');
    expect(rest).toContain('<td>machine.memory</td><td>1GiB</td><td>a.yaml:3:9</td>');
    expect(rest).toContain('Free pages over time are not stored.');
  });

  test('needs no script and nothing from elsewhere', () => {
    expect(page).not.toMatch(/<script|<link|src=|url\(|@import| on[a-z]+=/);
  });

  test('of several loads lists them, each with a way to its section', () => {
    const all = html.renderAll([whole, sampleReport({ name: 'second' })]);
    expect(all).toContain('<h1>Which proposal keeps kmemleak alive?</h1>');
    expect(all).toContain('<a href="#load-2">second</a>');
    expect(all).toContain('<section id="load-2">');
  });

  test('puts an answer before the count of lives', () => {
    const headline = ['Answer: At request 11.', ...whole.headline];
    const answered = html.render({ ...whole, headline });
    expect(answered).toMatch(/<div class="verdict">\n<p>At request 11\.<\/p>\n<p>nofail-4\.15 and/);
  });

  test('of no runs has no picture, and says so', () => {
    const empty = html.render(emptyReport());
    expect(empty).toContain('<p>No runs.</p>');
    expect(empty).not.toContain('<svg');
  });
});
