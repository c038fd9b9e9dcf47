import type { Named } from '../../base/catalog.ts';

/** Something that was said about kmemleak's metadata and that nothing can be run of. */
export interface Idea extends Named {
  readonly source: { readonly who: string; readonly date: string; readonly ref: string };
  /** Why it is no variant. */
  readonly reason: string;
}

export const IDEAS: readonly Idea[] = [
  {
    name: 'clear-retry-policy',
    summary: 'take other retry policies away before NORETRY is added',
    source: {
      who: 'Matthew Wilcox',
      date: '2019-03-27',
      ref: '20190327182158.GS10344@bombadil.infradead.org',
    },
    reason: "no bit of the caller's retry policy is kept anyway: it changes no mask",
  },
  {
    name: 'const-pool-refill',
    summary: 'a pool of a constant size, say 1024, with some other way to refill it',
    source: {
      who: 'Catalin Marinas',
      date: '2019-07-31',
      ref: '20190731095355.GC63307@arrakis.emea.arm.com',
    },
    reason: 'how it would be refilled was left open; pool-5.4 with another pool size is near it',
  },
  {
    name: 'doc-only',
    summary: 'leave the mask of 4.15 and remark at the warning that kmemleak sets it off',
    source: {
      who: 'Yang Shi',
      date: '2019-07-13',
      ref: '1562964544-59519-1-git-send-email-yang.shi@linux.alibaba.com',
    },
    reason: 'a comment changes nothing that runs: it is nofail-4.15, warnings and all',
  },
];
