import type { Catalog } from '../base/catalog.ts';
import { loadCatalog } from '../base/catalog-folder.ts';
import type { FidelityGroup } from '../fidelity/fidelity-group.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import type { Metric } from '../metric/metric.ts';
import type { KmemleakVariant } from '../model/kmemleak/variant.ts';
import type { Catalogs } from '../scenario/catalogs.ts';
import type { Workload } from '../workload/workload.ts';
import type { Command } from './command.ts';

/** Plug-ins are found by folder; each catalog is loaded only by the commands that need it. */
export const loadKernels = () => load<KernelProfile>('kernel', '../kernel/profiles/');
export const loadVariants = () => load<KmemleakVariant>('variant', '../model/kmemleak/variants/');
export const loadWorkloads = () => load<Workload>('workload', '../workload/workloads/');
export const loadMetrics = () => load<Metric>('metric', '../metric/metrics/');
export const loadFidelityGroups = () => load<FidelityGroup>('group', '../fidelity/groups/');
export const loadCommands = () => load<Command>('command', './commands/');

export async function loadCatalogs(): Promise<Catalogs> {
  const [kernels, variants, workloads, metrics] = await Promise.all([
    loadKernels(),
    loadVariants(),
    loadWorkloads(),
    loadMetrics(),
  ]);
  return { kernels, variants, workloads, metrics };
}

function load<T extends { readonly name: string; readonly summary: string }>(
  kind: string,
  folder: string,
): Promise<Catalog<T>> {
  return loadCatalog<T>(kind, new URL(folder, import.meta.url));
}
