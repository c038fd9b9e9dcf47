/** What the bundler puts together from the folders of plug-ins, scenarios and machines. */
declare module 'gfpsim:bundled' {
  export const kernels: readonly import('../kernel/kernel-profile.ts').KernelProfile[];
  export const variants: readonly import('../model/kmemleak/variant.ts').KmemleakVariant[];
  export const workloads: readonly import('../workload/workload.ts').Workload[];
  export const metrics: readonly import('../metric/metric.ts').Metric[];
  /** Texts by their paths below scenarios/. */
  export const files: Readonly<Record<string, string>>;
}

/** Apart: the page shows it before it needs all that. */
declare module 'gfpsim:version' {
  export const version: string;
}
