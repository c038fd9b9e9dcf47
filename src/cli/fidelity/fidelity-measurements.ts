import { join, relative, resolve } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import type { FidelityGroup } from '../../fidelity/fidelity-group.ts';
import { Laboratory } from '../../fidelity/laboratory.ts';
import type { Catalogs } from '../../scenario/catalogs.ts';
import { EXIT_MISSING } from '../exit-codes.ts';
import { NodeFiles, statOf } from '../files/node-files.ts';
import { PACKAGE_ROOT } from '../version.ts';

/** The measurements that are committed with the program. */
const COMMITTED = join(PACKAGE_ROOT, 'test/fixtures');

/** Where these groups are simulated; all that they read is there, or nothing is begun. */
export function openLaboratory(
  groups: readonly FidelityGroup[],
  catalogs: Catalogs,
  folder = COMMITTED,
): Laboratory {
  const named = groups.flatMap(({ measurements }) => measurements);
  const missing = named.filter((name) => statOf(join(folder, name)) === undefined);
  if (missing.length === 0) return new Laboratory(catalogs, new NodeFiles(), resolve(folder));
  const others = missing.length === 1 ? '' : `; nor are ${missing.length - 1} others`;
  throw new UserError(`no such measurements${others}`, {
    at: { file: join(relative(process.cwd(), folder), missing[0]!) },
    hint: 'they lie in test/fixtures of a clone; --measurements names another folder',
    exitCode: EXIT_MISSING,
  });
}
