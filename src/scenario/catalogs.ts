import type { Catalog } from '../base/catalog.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import type { Metric } from '../metric/metric.ts';
import type { KmemleakVariant } from '../model/kmemleak/variant.ts';
import type { Workload } from '../workload/workload.ts';

/** Everything a scenario may name. Found by folder in Node, by a generated index in a browser. */
export interface Catalogs {
  readonly kernels: Catalog<KernelProfile>;
  readonly variants: Catalog<KmemleakVariant>;
  readonly workloads: Catalog<Workload>;
  readonly metrics: Catalog<Metric>;
}
