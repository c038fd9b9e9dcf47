/** What is different in a kernel with CONFIG_LOCKDEP, besides the bit of __GFP_NOLOCKDEP. */
export interface LockdepBuild {
  /** GFP_RECLAIM_MASK has the bit: SLUB's new_slab lets it through to the page allocator. */
  readonly slabKeepsNolockdep: boolean;
  /** sizeof(struct kmemleak_object), bytes, with spinlock debugging and lock statistics. */
  readonly objectSize: number;
}

/** By the name of the profile. Apart from the profiles, which are all built without it. */
export const LOCKDEP_BUILDS: Readonly<Record<string, LockdepBuild>> = {
  '4.17': { slabKeepsNolockdep: false, objectSize: 384 },
  '6.1': { slabKeepsNolockdep: true, objectSize: 256 },
  '6.12': { slabKeepsNolockdep: true, objectSize: 248 },
};
