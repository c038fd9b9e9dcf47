import { describe, expect, it } from 'vitest';
import { loadCatalogs } from '../../../src/cli/load-catalogs.ts';
import linux417 from '../../../src/kernel/profiles/4.17.ts';
import linux61 from '../../../src/kernel/profiles/6.1.ts';
import linux612 from '../../../src/kernel/profiles/6.12.ts';
import { gfpAllowedMask } from '../../../src/model/fault/new-flag.ts';
import { lockdepWarnings } from '../../../src/model/mm/gfp-query-warnings.ts';
import { stockKeptMask } from '../../../src/model/mm/slab-gfp.ts';
import { withLockdep } from '../../../src/model/mm/with-lockdep.ts';
import { machineFor, settingOf } from '../loaded-machine.ts';

// With lockdep built in, does L1 fire in runs for whom it should, and for nobody else?

const { variants } = await loadCatalogs();
const KERNELS = [linux417, linux61, linux612];
/** Caller D: GFP_NOFS that lockdep is to overlook. */
const OVERLOOKED = 'GFP_NOFS|__GFP_NOLOCKDEP';

interface Load {
  readonly kernel?: string;
  readonly lockdep?: 'Y' | 'N';
  readonly gfp?: string;
  readonly more?: string;
}

function readingsOf(variant: string, load: Load = {}) {
  const { kernel = '4.17', lockdep = 'Y', gfp = OVERLOOKED, more = '' } = load;
  const text =
    `kernel: "${kernel}"\nmachine: { memory: 64MiB, lockdep: ${lockdep} }\n` +
    'load:\n  - workload: churn\n' +
    `    params: { attempts: 40, slots: 40, classes: [{ gfp: "${gfp}"${more} }] }\n`;
  const machine = machineFor(settingOf(text, variant));
  machine.run(60e9);
  const { L1: conditions } = machine.parts.warnings.conditionsById();
  const { L1: printed } = machine.readings().warnings;
  return { conditions, printed };
}

describe('lockdep', () => {
  it('gives NOLOCKDEP the last bit, which the slab hooks then let through', () => {
    expect(KERNELS.map((kernel) => withLockdep(kernel).gfp.bits.NOLOCKDEP)).toEqual([
      0x2000000, 0x8000000, 0x1000000,
    ]);
    expect(KERNELS.map((kernel) => gfpAllowedMask(withLockdep(kernel), null))).toEqual([
      0x3ffffff, 0xfffffff, 0x1ffffff,
    ]);
    expect(KERNELS.map((kernel) => gfpAllowedMask(kernel, null))).toEqual([
      0x1ffffff, 0x7ffffff, 0xffffff,
    ]);
  });

  it("is dropped by 4.17's new_slab and kept by later ones", () => {
    const kept = KERNELS.map(withLockdep).map(
      (kernel) => (stockKeptMask(kernel) & kernel.gfp.lockdepBit) !== 0,
    );
    expect(kept).toEqual([false, true, true]);
  });

  it('makes objects larger by the map of their lock', () => {
    const sizes = KERNELS.map((kernel) => withLockdep(kernel).kmemleak.objectSize);
    expect(sizes).toEqual([384, 256, 248]);
  });
});

describe('L1 in runs', () => {
  it('exam: 0x1411240 is flagged, 0x3411240 is not', () => {
    const mask = (name: string) =>
      variants.get(name).attempts(0x3400040, { atomic: false, faultInjection: true }, linux417)[0];
    expect([mask('quiet-2011'), mask('nolockdep-5.15')]).toEqual([0x1411240, 0x3411240]);
    expect(readingsOf('quiet-2011')).toEqual({ conditions: 40, printed: 1 });
    expect(readingsOf('nofail-4.15')).toEqual({ conditions: 40, printed: 1 });
    expect(readingsOf('nolockdep-5.15')).toEqual({ conditions: 0, printed: 0 });
  });

  it.each(variants.names())('%s: as its masks say, in every kernel', (name) => {
    for (const stock of KERNELS) {
      const kernel = withLockdep(stock);
      const caller = (kernel.gfp.composites.GFP_NOFS! | kernel.gfp.lockdepBit) >>> 0;
      const variant = variants.get(name);
      const masks = variant.attempts(caller, { atomic: false, faultInjection: true }, kernel);
      const warned = masks.some((mask) => lockdepWarnings(caller, mask, kernel).length > 0);
      // Metadata inside its object is no request.
      const expected = warned && variant.embedded !== true ? 1 : 0;
      expect(readingsOf(name, { kernel: kernel.name }).printed).toBe(expected);
    }
  });

  it('not without lockdep, and not for callers that it watches', () => {
    expect(readingsOf('quiet-2011', { lockdep: 'N' })).toEqual({ conditions: 0, printed: 0 });
    expect(readingsOf('quiet-2011', { gfp: 'GFP_NOFS' })).toEqual({ conditions: 0, printed: 0 });
  });

  it('also for scan areas, which have the mask of their object', () => {
    const more = ', scan-area: true';
    expect(readingsOf('quiet-2011', { more }).conditions).toBe(80);
  });
});
