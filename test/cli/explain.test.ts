import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainFile, explanations } from '../../src/cli/help/explanations.ts';
import { loadCatalogs } from '../../src/cli/load-catalogs.ts';
import { CALLER_CLASSES } from '../../src/model/kmemleak/caller-classes.ts';
import { queryGfp } from '../../src/model/mm/gfp-query.ts';
import { TaskContext } from '../../src/model/sched/task-context.ts';
import { emptyFolder, gfpsim, lastLine } from './gfpsim.ts';

// Does `explain` know what other commands name, and what lies in a file?

const { kernels, variants } = await loadCatalogs();
const known = new Map((await explanations()).map((one) => [one.name, one.text]));

describe('explain', () => {
  it('knows every warning that gfp may give', () => {
    const ids = new Set<string>();
    const masks = ['GFP_KERNEL', '0x8000', 'DMA|DMA32', 'MOVABLE|RECLAIMABLE', '0x80000000'];
    for (const kernel of kernels.all()) {
      const context = Object.assign(new TaskContext(), { memalloc: true, interruptsOff: true });
      const options = { context, order: 4 };
      const callers = CALLER_CLASSES.map(({ gfp }) => `0x${gfp(kernel).toString(16)}`);
      const reports = [
        ...masks.map((mask) => queryGfp(mask, kernel, options)),
        ...callers.flatMap((caller) =>
          variants.all().map((variant) => queryGfp(caller, kernel, { ...options, variant })),
        ),
      ];
      for (const { warnings, metadata = [] } of reports) {
        for (const { id } of [...warnings, ...metadata.flatMap((one) => one.warnings)]) ids.add(id);
      }
    }
    ids.delete('other-kernel');
    expect([...ids].filter((id) => !known.has(id))).toEqual([]);
    expect(ids.size).toBeGreaterThan(9);
  });

  it('says one thing after the other where several are named', () => {
    const { status, stdout } = gfpsim(['explain', 'metadata_pool', 'W017', '5']);
    expect(status).toBe(0);
    const heads = stdout.split('\n').filter((line) => / \(.*\)$/.test(line));
    expect(heads).toEqual(['metadata_pool (metric)', 'W017 (warning)', 'exit 5 (exit code)']);
    const { stderr } = gfpsim(['explain', 'metadata_pool', 'W999']);
    expect(lastLine(stderr)).toContain("nothing is called 'W999'");
    const mixed = gfpsim(['explain', 'exit', '3', 'drain', 'exit', 'code', '5', './own.js']);
    expect(lastLine(mixed.stderr)).toContain('own.js: no such var');
  });

  it.each(['5', 'exit 5', 'exit code 5'])('knows an exit code as %s', (name) => {
    expect(gfpsim(['explain', name]).stdout).toMatch(/^exit 5 \(exit code\)\n/);
  });

  it('says where each kernel prints a warning', () => {
    expect(known.get('W2')).toMatch(/4\.17 and 6\.1, which is silent with\s+__GFP_NOWARN;.*6\.12/s);
    expect(known.get('L1')).toMatch(/printed: where lockdep is built in/);
  });

  it('has an objection of every proposal, or says that there is none', () => {
    for (const name of variants.names()) expect(known.get(name)).toMatch(/^objection: \S/m);
  });

  it("shows the masks of a user's file", async () => {
    const file = join(emptyFolder(), 'mine.mjs');
    writeFileSync(
      file,
      `export default {
        name: 'mine', summary: 'all that its caller may', onFailure: 'disable',
        source: { who: 'me', date: '2026-01-01', ref: 'mine.mjs' },
        injection: 'subject', attempts: (caller) => [caller],
      };`,
    );
    const all = gfpsim(['explain', 'exit', '3', file, 'exit', 'code', '5', 'drain']).stdout;
    const heads = all
      .split('\n')
      .filter((line) => /^\S.* \((?:exit code|variant|wor.*)\)$/.test(line));
    expect(heads.map((head) => head.split(' (')[0])).toEqual(['exit 3', 'mine', 'exit 5', 'drain']);
    const explained = await explainFile(file);
    expect(explained!.text).toMatch(/^mine \(variant\)\nall that its caller may\nsource: me/);
    expect(explained!.text).toContain('GFP_ATOMIC          0x1080020 GFP_ATOMIC\n');
    expect(await explainFile('quiet-2011')).toBeNull();
    const { status, stderr } = gfpsim(['explain', './nowhere.mjs']);
    expect([status, lastLine(stderr)]).toEqual([
      2,
      'gfpsim: exit 2: ./nowhere.mjs: no such variant file',
    ]);
  });
});
