import * as held from 'gfpsim:bundled';
import { config } from 'zod';
import { Catalog } from '../base/catalog.ts';
import type { Catalogs } from '../scenario/catalogs.ts';
import type { OwnFiles } from './protocol.ts';
import { HeldFiles } from './scenario-files.ts';

// Without this the schemas try to compile functions, which the page's policy refuses.
config({ jitless: true });

/** Everything that a scenario may name, found by folder when the page was bundled. */
export const catalogs: Catalogs = {
  kernels: new Catalog('kernel', held.kernels),
  variants: new Catalog('variant', held.variants),
  workloads: new Catalog('workload', held.workloads),
  metrics: new Catalog('metric', held.metrics),
};

/** The bundled scenarios and machines, and those that the page was made with. */
export function heldFiles(ownFiles: OwnFiles): HeldFiles {
  return new HeldFiles({ ...held.files, ...ownFiles });
}
