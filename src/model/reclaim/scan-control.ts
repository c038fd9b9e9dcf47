import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import type { TaskContext } from '../sched/task-context.ts';
import { SWAP_CLUSTER_MAX } from './lru.ts';

/** DEF_PRIORITY: a pass looks at 1/4096 of each list. */
export const DEF_PRIORITY = 12;

/**
 * What one reclaimer wants and what it got so far; one object a reclaim.
 *
 * Models: struct scan_control, struct reclaim_stat (4.17, 6.1, 6.12). Departs: no cgroup fields.
 */
export class ScanControl {
  readonly context: TaskContext;
  readonly gfp: Gfp;
  readonly isKswapd: boolean;
  /** __GFP_IO, __GFP_FS: may it start I/O, may it enter a file system. */
  readonly mayIo: boolean;
  readonly mayFs: boolean;
  readonly retryMayfail: boolean;
  order: number;
  priority = DEF_PRIORITY;
  /** Highest zone index to take from. */
  zoneIndex: number;
  wanted = SWAP_CLUSTER_MAX;
  reclaimed = 0;
  scanned = 0;
  mayWrite = true;
  maySwap = true;
  forceDeactivate = false;
  /** 6.x: the active lists of anonymous and file pages may be shrunk in this pass. */
  mayDeactivateAnon = true;
  mayDeactivateFile = true;
  /** 6.x: active pages were spared, so that another try may take them. */
  skippedDeactivate = false;
  /** 6.x: cold file pages abound; 6.x: hardly a file page is left. */
  cacheTrimMode = false;
  fileIsTiny = false;
  compactionReady = false;
  /** Of the pages isolated in the node's pass in hand. */
  taken = 0;
  fileTaken = 0;
  dirty = 0;
  unqueuedDirty = 0;
  writeback = 0;
  immediate = 0;
  /** nr_pageout: pages whose write reclaim has started, in all. */
  written = 0;

  constructor(request: ReclaimRequest, kernel: KernelProfile) {
    const { bits } = kernel.gfp;
    this.context = request.context;
    this.gfp = request.gfp;
    this.order = request.order;
    this.zoneIndex = request.zoneIndex;
    this.isKswapd = request.isKswapd;
    this.mayIo = (request.gfp & bits.IO) !== 0;
    this.mayFs = (request.gfp & bits.FS) !== 0;
    this.retryMayfail = (request.gfp & bits.RETRY_MAYFAIL) !== 0;
  }

  /** A pass over the node begins. */
  beginPass(): void {
    this.taken = 0;
    this.fileTaken = 0;
    this.dirty = 0;
    this.unqueuedDirty = 0;
    this.writeback = 0;
    this.immediate = 0;
  }
}

/** Who reclaims, and for what. */
export interface ReclaimRequest {
  readonly context: TaskContext;
  readonly gfp: Gfp;
  readonly order: number;
  readonly zoneIndex: number;
  readonly isKswapd: boolean;
}
