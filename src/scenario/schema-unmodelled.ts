/**
 * What a user may well ask for and this build does not model. Such a request is refused with its
 * reason, never ignored: a result that silently left it out would be wrong.
 */
const UNMODELLED: Readonly<Record<string, string>> = {
  zswap: 'a compressed cache in front of a swap disk',
  numa: 'more than one memory node',
  nodes: 'more than one memory node',
  mempolicy: 'more than one memory node',
  memcg: 'memory cgroups',
  cgroup: 'memory cgroups',
  cgroups: 'memory cgroups',
  overcommit_memory: 'limits on virtual memory',
  panic_on_oom: 'a panic instead of an OOM kill',
  oom_kill_allocating_task: 'an OOM killer that kills who asks',
  hugepages: 'huge pages',
  nr_hugepages: 'huge pages',
  thp: 'huge pages',
  cma: 'contiguous memory areas',
  hotplug: 'memory hotplug',
  compact_memory: 'compaction on demand',
  compaction_proactiveness: 'proactive compaction',
  extfrag_threshold: 'another threshold of fragmentation than 500',
  dirty_bytes: 'limits on dirty pages in bytes',
  dirty_background_bytes: 'limits on dirty pages in bytes',
  dirty_expire_centisecs: 'other times of the flusher than 30 s and 5 s',
  dirty_writeback_centisecs: 'other times of the flusher than 30 s and 5 s',
  zone_reclaim_mode: 'more than one memory node',
  vfs_cache_pressure: 'another pressure on caches than 100',
  highmem: '32-bit machines with high memory',
  'require-start': 'address ranges of the stack filter',
  'require-end': 'address ranges of the stack filter',
  'reject-start': 'address ranges of the stack filter',
  'reject-end': 'address ranges of the stack filter',
  'stacktrace-depth': 'address ranges of the stack filter',
  fail_futex: 'this fault capability',
  fail_make_request: 'this fault capability',
  fail_usercopy: 'this fault capability',
};

/** The thing behind a key that this build does not model, or undefined. */
export function unmodelled(key: string): string | undefined {
  return Object.hasOwn(UNMODELLED, key) ? UNMODELLED[key] : undefined;
}
