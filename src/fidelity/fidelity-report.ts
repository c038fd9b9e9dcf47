import type { FidelityGroup, Setting } from './fidelity-group.ts';
import type { Laboratory } from './laboratory.ts';
import { farness, type Quantity } from './quantity.ts';

/** A quantity with the setting in which it was measured. */
export interface FidelityRow extends Omit<Quantity, 'name'> {
  readonly kernel: string;
  readonly setting: string;
  readonly quantity: string;
}

/** How far one group of measurements is met. */
export interface GroupReport {
  readonly name: string;
  readonly summary: string;
  readonly heldTo: readonly string[];
  readonly agreement: string;
  /** Measured settings, in what they are. */
  readonly settings: number;
  readonly unit: string;
  readonly quantities: number;
  /** Those within what the group allows, and those of them that do not differ at all. */
  readonly agree: number;
  readonly exact: number;
  /** The ratio farthest from 1; null: no quantity is large enough for one. */
  readonly worstRatio: number | null;
  readonly rows: readonly FidelityRow[];
}

export interface FidelityReport {
  readonly schemaVersion: 1;
  readonly groups: readonly GroupReport[];
}

/** Simulates every setting of a group; `tell` hears how many are done. */
export function reportGroup(
  group: FidelityGroup,
  laboratory: Laboratory,
  tell: (done: number, of: number) => void,
): GroupReport {
  const settings = group.settings(laboratory);
  const found = settings.map((setting, done) => {
    tell(done, settings.length);
    return { setting, quantities: setting.quantities() };
  });
  return reportOf(group, found);
}

/** A setting, and what came out of it. */
export interface Found {
  readonly setting: Setting;
  readonly quantities: readonly Quantity[];
}

export function reportOf(group: FidelityGroup, found: readonly Found[]): GroupReport {
  const { name, summary, heldTo, agreement, unit } = group;
  const rows = found.flatMap(({ setting, quantities }) =>
    quantities.map(({ name: quantity, ...rest }) => {
      return { kernel: setting.kernel, setting: setting.name, quantity, ...rest };
    }),
  );
  return {
    ...{ name, summary, heldTo, agreement, unit },
    settings: measuredSettings(found.map(({ setting }) => setting)),
    quantities: rows.length,
    agree: rows.filter(({ agreement }) => agreement !== 'outside').length,
    exact: rows.filter(({ agreement }) => agreement === 'exact').length,
    worstRatio: worstRatio(rows),
    rows,
  };
}

/** How many of the settings are measured ones. */
export function measuredSettings(settings: readonly Setting[]): number {
  return settings.filter(({ pooled }) => pooled !== true).length;
}

function worstRatio(rows: readonly FidelityRow[]): number | null {
  return farthest(rows)?.ratio ?? null;
}

/** The row whose ratio is farthest from 1; undefined where none has a ratio. */
export function farthest(rows: readonly FidelityRow[]): FidelityRow | undefined {
  return rows
    .filter(({ ratio }) => ratio !== null)
    .reduce<FidelityRow | undefined>(
      (far, row) => (far === undefined || farness(row) > farness(far) ? row : far),
      undefined,
    );
}
