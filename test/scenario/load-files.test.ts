import { describe, expect, it } from 'vitest';
import { scenarioHash } from '../../src/experiment/baseline.ts';
import { planRuns } from '../../src/experiment/plan.ts';
import { HeldFiles } from '../../src/play/scenario-files.ts';
import { describeLoad } from '../../src/scenario/describe-load.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { withFileNames } from '../../src/scenario/load-files.ts';
import { readYaml } from '../../src/scenario/load-yaml.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { showRows } from '../../src/scenario/show-rows.ts';
import { catalogs, load } from './sample-scenarios.ts';

const TRACE = 'time_ns,op,object,size_bytes,gfp\n0,alloc,0,64,GFP_KERNEL\n9000,free,0,,\n';

const playing = (file: string) => `question: Does it play?
kernel: "4.17"
machine:
  memory: 128MiB
load:
  - workload: trace
    params: { file: ${file} }
variants: [quiet-2011]
`;

function idOf(scenario: Scenario): string {
  return planRuns([scenario], catalogs).at(0).id;
}

describe('a parameter that names a file', () => {
  it('becomes its text, and people are told its name', () => {
    const loaded = load(playing('a.csv'), { 'a.csv': TRACE });
    const { scenario } = loaded;
    const [entry] = scenario.load;
    expect(entry).toMatchObject({ params: { file: TRACE, speed: 1 }, files: { file: 'a.csv' } });
    expect(structuredClone(scenario)).toEqual(scenario);
    expect(describeLoad(scenario, catalogs)).toMatch(/^trace \(file a\.csv, speed 1, repeat 1\); /);
    const row = showRows(loaded, catalogs).find(({ path }) => path === 'load.0.params.file');
    expect(row).toMatchObject({ value: 'a.csv', origin: 's.yaml:7:21' });
  });

  it('decides by its text what a run is, not by its name', () => {
    const texts = { 'a.csv': TRACE, 'b.csv': TRACE, 'c.csv': TRACE.replace('64', '96') };
    const [a, b, c] = ['a.csv', 'b.csv', 'c.csv'].map(
      (name) => load(playing(name), texts).scenario,
    );
    expect(idOf(b!)).toBe(idOf(a!));
    expect(idOf(c!)).not.toBe(idOf(a!));
    expect(scenarioHash(b!, [])).toBe(scenarioHash(a!, []));
    expect(scenarioHash(c!, [])).not.toBe(scenarioHash(a!, []));
  });

  it('is a path as seen from the file that says so, or from where the user stands', () => {
    const texts = { 'deep/base.yaml': playing('a.csv'), 'deep/a.csv': TRACE, 'b.csv': TRACE };
    const text = 'extends: deep/base.yaml\n';
    expect(load(text, texts).scenario.load[0]!.params['file']).toBe(TRACE);
    for (const file of ['b.csv', 'deep/a.csv']) {
      const { scenario } = load(text, texts, [`load.0.params.file=${file}`]);
      expect(scenario.load[0]!.files).toEqual({ file });
    }
  });

  it('that is not there is one message, with the place of its name', () => {
    const message =
      "s.yaml:7:21: no file 'a.csv'; expected a trace as gfpsim import ftrace writes it";
    expect(() => load(playing('a.csv'))).toThrow(message);
    expect(() => load(playing('3'))).toThrow("load.0.params.file: '3' is a number; expected text");
  });

  it('that is wrong is told with its own place', () => {
    const texts = { 'deep/a.csv': TRACE.replace('GFP_KERNEL', 'GFP_KERNAL') };
    expect(() => load(playing('deep/a.csv'), texts)).toThrow(
      /^deep\/a\.csv:2:14: unknown gfp flag 'GFP_KERNAL'.*did you mean 'GFP_KERNEL'/,
    );
    expect(() => load(playing('a.csv'), { 'a.csv': TRACE.replace('9000', '9e3') })).toThrow(
      /^a\.csv:3:1: time_ns is '9e3'/,
    );
  });

  it('is one of the bundled files in a page, which has no others', () => {
    const files = new HeldFiles({ 'my.yaml': playing('a.csv'), 'held.csv': TRACE });
    const at = (file: string) => ({
      ...{ path: ['load', '0', 'params', 'file'], value: file },
      origin: 'at load.0.params.file',
    });
    expect(() => loadScenario('my.yaml', { files, catalogs })).toThrow(
      "my.yaml:7:21: no file 'a.csv'; expected a trace as gfpsim import ftrace writes it; " +
        'a page can read no file; it holds the bundled ones',
    );
    const { scenario } = loadScenario('my.yaml', { files, catalogs, overrides: [at('held.csv')] });
    expect(scenario.load[0]!.params['file']).toBe(TRACE);
  });
});

it('files can be given other names, wherever a scenario names one', () => {
  const text = `${playing('a.csv').replace('memory: 128MiB', 'procfs: here')}`;
  const { tree } = readYaml(text, 's.yaml');
  const seen: string[] = [];
  const renamed = withFileNames(
    tree as Parameters<typeof withFileNames>[0],
    catalogs,
    (name, at) => {
      seen.push(at.join('.'));
      return `there/${name}`;
    },
  );
  expect(seen).toEqual(['machine.procfs', 'load.0.params.file']);
  expect(renamed).toMatchObject({
    machine: { procfs: 'there/here' },
    load: [{ workload: 'trace', params: { file: 'there/a.csv' } }],
  });
});
