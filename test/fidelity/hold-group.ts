import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fidelityText } from '../../src/cli/fidelity/fidelity-text.ts';
import { NodeFiles } from '../../src/cli/files/node-files.ts';
import { loadCatalogs, loadFidelityGroups } from '../../src/cli/load-catalogs.ts';
import { FIDELITY_OUTPUT } from '../../src/cli/output-schemas/fidelity-output.ts';
import { type Found, reportOf } from '../../src/fidelity/fidelity-report.ts';
import { Laboratory } from '../../src/fidelity/laboratory.ts';
import type { Quantity } from '../../src/fidelity/quantity.ts';

const FIXTURES = resolve(import.meta.dirname, '../fixtures');

export const laboratory = new Laboratory(await loadCatalogs(), new NodeFiles(), FIXTURES);
export const groups = await loadFidelityGroups();

/** How much a group holds the model to: less than before must not go unseen. */
export interface Amount {
  /** Measured settings by kernel. */
  readonly settings: Readonly<Record<string, number>>;
  readonly quantities: number;
}

/** Simulates a whole group; each of its quantities is a test of its own. */
export function holdGroup(name: string, amount: Amount): readonly Found[] {
  const group = groups.get(name);
  const found = group
    .settings(laboratory)
    .map((setting) => ({ setting, quantities: setting.quantities() }));
  test('all that was measured is there', () => {
    const settings: Record<string, number> = {};
    for (const { setting } of found) {
      const { kernel, pooled = false } = setting;
      settings[kernel] = (settings[kernel] ?? 0) + (pooled ? 0 : 1);
    }
    const quantities = found.reduce((sum, each) => sum + each.quantities.length, 0);
    expect({ settings, quantities }).toEqual(amount);
  });
  test('is told in 80 columns, and in JSON of the published shape', () => {
    const report = { schemaVersion: 1 as const, groups: [reportOf(group, found)] };
    const lines = fidelityText(report, { groups: true, exact: true }).split('\n');
    expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
    FIDELITY_OUTPUT.parse(JSON.parse(JSON.stringify(report)));
  });
  describe.each(found.map((each) => [titleOf(each), each] as const))('%s', (_, { quantities }) => {
    test.each(quantities.map((each) => [each.name, each] as const))('%s', (_name, quantity) => {
      expectAgreed(quantity);
    });
  });
  return found;
}

/** Told anew from the numbers: the group's own verdict is one more thing that may be wrong. */
export function expectAgreed({ measured, simulated, allowed, agreement }: Quantity): void {
  if (allowed === null) expect(simulated).toBe(measured);
  else {
    const [low, high] = allowed;
    if (low !== null) expect(simulated).toBeGreaterThanOrEqual(low);
    if (high !== null) expect(simulated).toBeLessThanOrEqual(high);
  }
  expect(agreement).not.toBe('outside');
}

function titleOf({ setting }: Found): string {
  return `${setting.kernel} ${setting.name}`;
}
