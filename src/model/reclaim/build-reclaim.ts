import type { Costs } from '../machine-config.ts';
import type { PageFrames } from '../mm/page-frames.ts';
import type { MemoryParts } from '../mm/zonelist-walk.ts';
import { ZoneCompactor } from './compact-zone.ts';
import { Compaction } from './compaction.ts';
import { DirectReclaim } from './direct-reclaim.ts';
import { Kswapd } from './kswapd.ts';
import type { Lru } from './lru.ts';
import { Migration } from './migration.ts';
import { NO_SWAP } from './no-swap.ts';
import { NodeState } from './node-state.ts';
import { type FileWriter, PageFate, type PageOwners, type SwapOut } from './page-fate.ts';
import { PfmemallocThrottle } from './pfmemalloc-throttle.ts';
import { Reclaimable } from './reclaimable.ts';
import { Refaults } from './refaults.ts';
import { Retry } from './retry.ts';
import { ScanBalance } from './scan-balance.ts';
import { ScanCount } from './scan-count.ts';
import { ShrinkList } from './shrink-list.ts';
import { type Shrinkable, Shrinkers } from './shrinkers.ts';
import { Vmscan } from './vmscan.ts';
import type { Workingset } from './workingset.ts';

/** The memory that reclaim takes from. */
interface ReclaimedMemory extends MemoryParts {
  readonly frames: PageFrames;
  readonly lru: Lru;
  readonly workingset: Workingset;
}

/** What reclaim works on, and whom it tells. */
export interface ReclaimSetting {
  readonly memory: ReclaimedMemory;
  readonly costs: Costs;
  readonly owners: PageOwners;
  /** null: no swap space. */
  readonly swap: SwapOut | null;
  /** null: no file can be dirty. */
  readonly writer: FileWriter | null;
  readonly shrinkables: readonly Shrinkable[];
  readonly swappiness: number;
  readonly jiffyNs: number;
}

/** The reclaim side of a machine. */
export interface ReclaimParts {
  readonly node: NodeState;
  readonly kswapd: Kswapd;
  readonly direct: DirectReclaim;
  readonly compaction: Compaction;
  readonly retry: Retry;
  readonly balance: ScanBalance;
  readonly refaults: Refaults;
  readonly shrinkers: Shrinkers;
}

/**
 * Builds reclaim bottom up.
 *
 * Models: nothing of its own; the parts say what they model.
 */
export function buildReclaim(setting: ReclaimSetting): ReclaimParts {
  const { memory, costs, owners } = setting;
  const swap = setting.swap ?? NO_SWAP;
  const { kernel, zones, check, vmstat, frames, pcp, lru, workingset } = memory;
  const { rules } = kernel;
  const node = new NodeState(zones, check);
  const { buddy, fallback } = memory;
  const migration = new Migration(memory, owners);
  const compactor = new ZoneCompactor({ buddy, fallback, check, vmstat, migration });
  const compaction = new Compaction(check, zones, compactor);
  const reclaimable = new Reclaimable(lru, swap, rules);
  const balance = new ScanBalance(rules);
  const fate = new PageFate({ rules, frames, vmstat, node, owners, swap: setting.swap });
  const shrinkers = new Shrinkers(setting.shrinkables, { rules, vmstat, costs });
  const vmscan = new Vmscan({
    rules,
    node,
    lru,
    swap,
    compaction,
    vmstat,
    costs,
    counts: new ScanCount(lru, balance, rules),
    lists: new ShrinkList({
      rules,
      frames,
      pcp,
      lru,
      balance,
      fate,
      writer: setting.writer,
      vmstat,
      costs,
    }),
    shrinkers,
    swappiness: setting.swappiness,
  });
  const throttle = new PfmemallocThrottle(node, reclaimable, kernel);
  const { jiffyNs } = setting;
  return {
    node,
    compaction,
    balance,
    refaults: new Refaults({ rules, frames, lru, swap, workingset, balance, vmstat }),
    shrinkers,
    kswapd: new Kswapd({ kernel, node, vmscan, throttle, vmstat, costs }),
    direct: new DirectReclaim({
      kernel,
      node,
      vmscan,
      throttle,
      vmstat,
      costs,
      compaction,
      reclaimable,
      jiffyNs,
    }),
    retry: new Retry(memory, { reclaimable, compaction }),
  };
}
