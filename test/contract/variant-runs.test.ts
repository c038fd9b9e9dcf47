import { describe, expect, it } from 'vitest';
import listCommand from '../../src/cli/commands/list.ts';
import { explanations } from '../../src/cli/help/explanations.ts';
import { loadKernels, loadVariants } from '../../src/cli/load-catalogs.ts';
import { Terminal } from '../../src/cli/terminal/terminal.ts';
import { CALLER_CLASSES } from '../../src/model/kmemleak/caller-classes.ts';
import { IDEAS } from '../../src/model/kmemleak/ideas.ts';
import { hex } from '../../src/model/mm/gfp.ts';
import { machineFor, settingOf } from '../model/loaded-machine.ts';

// Does every variant run, twice the same, lose no page, and can it be found and explained?

const variants = (await loadVariants()).all();
const kernels = (await loadKernels()).all();
const explained = await explanations();
const TERMINAL = new Terminal({ color: 'never', progress: false, quiet: true, verbose: false });

const CHURN = `
machine: { memory: 40MiB, cpus: 2 }
fault: { failslab: { probability: 10, times: -1, ignore-gfp-wait: N } }
load:
  - workload: churn
    count: 2
    params:
      slots: 64
      attempts: 250
      classes: [{ gfp: GFP_KERNEL }, { gfp: GFP_ATOMIC }, { gfp: GFP_NOWAIT }, { gfp: GFP_NOFS }]
horizon: 1s
`;
const DRAIN = `
machine: { memory: 40MiB, free: { DMA: 64, DMA32: 300 } }
load:
  - { workload: drain, params: { size: 2048, gfp: GFP_ATOMIC } }
`;

/** The readings of a run that counts every page after every event. */
function played(text: string, variant: string, kernel: string): string {
  const machine = machineFor(settingOf(`kernel: "${kernel}"\n${text}`, variant));
  machine.debug = true;
  machine.run(1e9);
  machine.assertConservation();
  const { series: _, ...readings } = machine.readings();
  return JSON.stringify([readings, machine.kmemleak.readings()]);
}

describe.each(variants.map((variant) => [variant.name, variant] as const))(
  '%s',
  (name, variant) => {
    it.each([
      ['churn', CHURN],
      ['drain', DRAIN],
    ])('runs a %s twice the same, and no page is lost', (_load, text) => {
      for (const { name: kernel } of kernels) {
        expect(played(text, name, kernel)).toBe(played(text, name, kernel));
      }
    });

    it('is explained with its source and the masks of five callers in every kernel', () => {
      const { kind, text } = explained.find((one) => one.name === name)!;
      expect(kind).toBe('variant');
      expect(text).toContain(`source: ${variant.source.who}, ${variant.source.date}`);
      expect(inOneLine(text)).toContain(variant.objection ?? '');
      for (const kernel of kernels) {
        const [, after] = text.split(`in ${kernel.name}, for callers with\n`);
        for (const { label, gfp } of CALLER_CLASSES) {
          expect(after).toContain(`\n  ${label}  `.slice(label === 'GFP_KERNEL' ? 1 : 0).trimEnd());
          const context = { atomic: false, faultInjection: true };
          for (const mask of variant.attempts(gfp(kernel), context, kernel)) {
            expect(after).toContain(`${hex(mask)} `);
          }
        }
      }
    });
  },
);

/** As it was before it was broken into lines. */
function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

describe('list variants', () => {
  const rows = async (args: Readonly<Record<string, unknown>>) => {
    const { render } = await listCommand.run({ kind: 'variants', ...args }, TERMINAL);
    return [JSON.parse(render('json')) as { name: string }[], render('text')] as const;
  };

  it('shows every variant, and nothing else', async () => {
    const [json, text] = await rows({});
    expect(json.map(({ name }) => name)).toEqual(variants.map(({ name }) => name));
    // A long summary goes on below itself.
    const firsts = text.split('\n').filter((line) => !line.startsWith(' '));
    expect(firsts.map((line) => line.split(' ')[0])).toEqual(variants.map(({ name }) => name));
  });

  it('--all: the ideas too, each with the reason why it is no variant', async () => {
    const [json, text] = await rows({ all: true });
    expect(json).toHaveLength(variants.length + IDEAS.length);
    for (const { name, reason } of IDEAS) {
      expect(text).toContain(name);
      expect(inOneLine(text)).toContain(`no variant: ${reason}`);
      expect(explained.find((one) => one.name === name)?.kind).toBe('idea');
      expect(variants.map((variant) => variant.name)).not.toContain(name);
    }
  });
});
