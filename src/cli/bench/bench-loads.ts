// Scenarios that are timed. Both loads ask for metadata with every request.

const KERNELS = ['4.17', '6.1', '6.12'];

export interface Load {
  readonly name: string;
  readonly scenario: string;
}

/** Mixed sizes and masks, allocated and freed at random; nothing fails. */
export function churnLoads(requests: number): Load[] {
  return KERNELS.map((kernel) => ({
    name: `churn ${kernel}`,
    scenario: `
      question: How fast are allocations and frees?
      kernel: "${kernel}"
      machine: { memory: 256MiB }
      load: [{ workload: churn, params: { slots: 2048, attempts: ${requests} } }]
      variants: [nofail-4.15]`,
  }));
}

/** One size, nothing freed, until the machine is empty: slow paths and all. */
export function drainLoads(memory: string): Load[] {
  return KERNELS.map((kernel) => ({
    name: `drain ${kernel}`,
    scenario: `
      question: How fast are allocations down to the last page?
      kernel: "${kernel}"
      machine: { memory: ${memory} }
      load: [{ workload: drain, params: { size: 256, gfp: GFP_ATOMIC } }]
      variants: [nofail-4.15]`,
  }));
}
