import { describe, expect, it } from 'vitest';
import type { Gfp } from '../../../src/kernel/kernel-profile.ts';
import { DEFAULT_COSTS } from '../../../src/model/costs.ts';
import { buildMemory } from '../../../src/model/memory.ts';
import {
  PAGE_ANON,
  PAGE_DIRTY,
  PAGE_RECLAIM,
  PAGE_WRITEBACK,
} from '../../../src/model/mm/page-frames.ts';
import { NONE, SLEEP, type SlowPath } from '../../../src/model/page-source.ts';
import { BioPool } from '../../../src/model/reclaim/bio-pool.ts';
import { BlockDevice } from '../../../src/model/reclaim/block-device.ts';
import { INACTIVE_ANON, Isolated } from '../../../src/model/reclaim/lru.ts';
import type { NestedAllocator, NestedCache } from '../../../src/model/reclaim/nested-allocator.ts';
import { NodeState } from '../../../src/model/reclaim/node-state.ts';
import {
  FATE_ACTIVATE,
  FATE_FREE,
  FATE_KEEP,
  FATE_SWAP_OUT,
  PageFate,
} from '../../../src/model/reclaim/page-fate.ts';
import { ScanControl } from '../../../src/model/reclaim/scan-control.ts';
import { Swap } from '../../../src/model/reclaim/swap.ts';
import { SwapDisk } from '../../../src/model/reclaim/swap-disk.ts';
import { TaskContext } from '../../../src/model/sched/task-context.ts';
import type { Timers } from '../../../src/model/timers.ts';
import { KERNEL_61, KERNEL_417, machineOf, zoneX } from '../machines.ts';

// A page on its way to swap and back, with the memory that this takes: masks by number, 4.17's
// unless said otherwise.

const NODE_GFP = 0x1080220;
const NODE_FIRST_61 = 0x2800;
const NODE_THEN_61 = 0x82020;
const BIO_FIRST = 0x1011200;
const BIO_THEN = 0x1411200;
const KERNEL_GFP = KERNEL_417.gfp.composites['GFP_KERNEL']!;

/** Hands out memory by a script; remembers the masks. */
class ScriptedMemory implements NestedAllocator {
  readonly masks: Gfp[] = [];
  readonly freed: number[] = [];
  readonly sizes = new Map<string, number>();
  refuses = (_gfp: Gfp): boolean => false;
  #next = 0;

  *allocate({ name, objectSize }: NestedCache, gfp: Gfp): SlowPath {
    this.sizes.set(name, objectSize);
    this.masks.push(gfp);
    yield 10;
    return this.refuses(gfp) ? NONE : this.#next++;
  }

  free(handle: number): void {
    this.freed.push(handle);
  }
}

/** Time stands still; the events are kept for the test to carry out. */
class Events implements Timers {
  readonly nowNs = 0;
  readonly due: { delayNs: number; request: number }[] = [];

  after(delayNs: number, _kind: number, _a: number, b: number): number {
    this.due.push({ delayNs, request: b });
    return 0;
  }

  cancel(): boolean {
    return false;
  }
}

function setup(kernel = KERNEL_417, slots = 64, baseSmall = false) {
  const memory = buildMemory(machineOf(kernel, [zoneX({ pages: 5000 })]));
  const { frames, lru, zones, vmstat, check } = memory;
  const nested = new ScriptedMemory();
  const events = new Events();
  const spec = { latencyNs: 50_000, bytesPerSecond: 409_600_000, queueDepth: 4 };
  const device = new BlockDevice(spec, { id: 0, timers: events, doneKind: 0, submitNs: 0 });
  const bios = new BioPool(nested, kernel);
  const disk = new SwapDisk(bios, device, kernel);
  const swap = new Swap({
    ...memory,
    kernel,
    nested,
    backing: disk,
    costs: DEFAULT_COSTS,
    baseSmall,
    pages: slots,
  });
  const unmapped: [number, number][] = [];
  const owners = {
    unmap: (pfn: number, slot: number) => {
      unmapped.push([pfn, slot]);
      return false;
    },
    evict: () => undefined,
    moved: () => undefined,
  };
  const node = new NodeState(zones, check);
  const fate = new PageFate({ rules: kernel.rules, frames, vmstat, node, owners, swap });
  const request = { context: new TaskContext(), gfp: KERNEL_GFP, order: 0, zoneIndex: 2 };
  const control = new ScanControl({ ...request, isKswapd: false }, kernel);
  /** A mapped page of virtual page `owner`, isolated. */
  const isolated = (pfn: number, owner: number): void => {
    lru.add(zones[0]!, pfn, INACTIVE_ANON);
    frames.setOwner(pfn, owner);
    lru.isolate(new Isolated(), INACTIVE_ANON, 1, 2);
  };
  return { ...memory, nested, events, device, disk, swap, unmapped, fate, control, isolated };
}

function finish(path: SlowPath): number {
  for (;;) {
    const step = path.next();
    if (step.done === true) return step.value;
    expect(step.value, 'nobody would wake it').not.toBe(SLEEP);
  }
}

/** Up to its next sleep. */
function untilSleep(path: SlowPath): void {
  for (;;) {
    const step = path.next();
    expect(step.done, 'it should have slept').toBe(false);
    if (step.value === SLEEP) return;
  }
}

const PFN = (1 << 17) + 60_000;

describe('swap', () => {
  it('takes a slot, a node, a bio, and writes; the page stays till that is done', () => {
    const { fate, control, isolated, frames, nested, disk, swap, unmapped, events, lru } = setup();
    isolated(PFN, 7);
    expect(fate.judge(PFN, control)).toBe(FATE_SWAP_OUT);
    expect(finish(fate.swapOut(PFN, control))).toBe(FATE_KEEP);
    expect(nested.masks).toEqual([NODE_GFP, BIO_FIRST]);
    expect([unmapped, frames.ownerOf(PFN), swap.free]).toEqual([[[PFN, 0]], -2, 63]);
    expect(control.written).toBe(1);
    expect(frames.flagsOf(PFN)).toBe(PAGE_ANON | PAGE_WRITEBACK | PAGE_RECLAIM);
    // 4096 bytes at 409.6 MB/s: 10 µs, and the latency.
    expect(events.due).toEqual([{ delayNs: 60_000, request: 0 }]);
    lru.putBack(PFN);
    disk.written(PFN);
    expect([nested.freed, frames.flagsOf(PFN)]).toEqual([[1], PAGE_ANON]);
    lru.isolate(new Isolated(), INACTIVE_ANON, 1, 2);
    expect(fate.judge(PFN, control)).toBe(FATE_SWAP_OUT);
    expect(finish(fate.swapOut(PFN, control))).toBe(FATE_FREE);
    // The last page of its node leaves: the node goes; the slot keeps its content.
    expect([nested.freed, swap.pageOf(0), swap.free]).toEqual([[1, 0], NONE, 63]);
    swap.release(0);
    expect(swap.free).toBe(64);
  });

  it('from 5.9 on a page leaves its shadow, which keeps the node as long as the slot', () => {
    const { fate, control, isolated, nested, disk, swap, lru } = setup(KERNEL_61);
    isolated(PFN, 7);
    finish(fate.swapOut(PFN, control));
    lru.putBack(PFN);
    disk.written(PFN);
    lru.isolate(new Isolated(), INACTIVE_ANON, 1, 2);
    expect(finish(fate.swapOut(PFN, control))).toBe(FATE_FREE);
    const [node, bio] = [0, 1];
    expect([nested.freed, swap.pageOf(0), swap.shadowOf(0)]).toEqual([[bio], NONE, 0]);
    swap.release(0);
    expect([nested.freed, swap.free, swap.shadowOf(0)]).toEqual([[bio, node], 64, NONE]);
  });

  it('has 64 slots below a node, or 16 in a small kernel', () => {
    for (const [baseSmall, nodes, size] of [
      [false, 1, 584],
      [true, 3, 200],
    ] as const) {
      const { fate, control, isolated, nested } = setup(KERNEL_417, 64, baseSmall);
      for (let i = 0; i < 33; i++) {
        isolated(PFN + i, i);
        const swapping = fate.swapOut(PFN + i, control);
        for (let step = swapping.next(); step.done !== true; step = swapping.next()) {
          if (step.value === SLEEP) break;
        }
      }
      expect(nested.masks.filter((gfp) => gfp === NODE_GFP)).toHaveLength(nodes);
      expect(nested.sizes.get('radix_tree_node')).toBe(size);
    }
  });

  it('asks twice for a node since the xarray, the second time for the reserve', () => {
    const { fate, control, isolated, nested } = setup(KERNEL_61);
    nested.refuses = (gfp) => gfp === NODE_FIRST_61;
    isolated(PFN, 7);
    expect(finish(fate.swapOut(PFN, control))).toBe(FATE_KEEP);
    expect(nested.masks.slice(0, 2)).toEqual([NODE_FIRST_61, NODE_THEN_61]);
  });

  it('scanned again while it is written, a page is activated', () => {
    const { fate, control, isolated, swap, lru } = setup();
    isolated(PFN, 7);
    finish(fate.swapOut(PFN, control));
    expect(fate.judge(PFN, control)).toBe(FATE_ACTIVATE);
    expect(control.writeback).toBe(1);
    lru.putBack(PFN);
    expect(swap.pageOf(0)).toBe(PFN);
  });

  it('without memory for a bio it takes one of two spare ones, then asks with reclaim', () => {
    const { fate, control, isolated, nested } = setup();
    nested.refuses = (gfp) => gfp === BIO_FIRST;
    for (let i = 0; i < 3; i++) {
      isolated(PFN + i, i);
      expect(finish(fate.swapOut(PFN + i, control))).toBe(FATE_KEEP);
    }
    const bios = nested.masks.filter((gfp) => gfp !== NODE_GFP);
    expect(bios).toEqual([BIO_FIRST, BIO_FIRST, BIO_FIRST, BIO_THEN]);
  });

  it('waits for a bio to come back when even that fails', () => {
    const { fate, control, isolated, nested, disk, lru, frames } = setup();
    nested.refuses = (gfp) => gfp !== NODE_GFP;
    for (let i = 0; i < 2; i++) {
      isolated(PFN + i, i);
      finish(fate.swapOut(PFN + i, control));
      lru.putBack(PFN + i);
    }
    isolated(PFN + 2, 2);
    const third = fate.swapOut(PFN + 2, control);
    untilSleep(third);
    expect(control.context.sleepNs).toBe(5e9);
    disk.written(PFN);
    expect(finish(third)).toBe(FATE_KEEP);
    expect(frames.hasFlag(PFN + 2, PAGE_WRITEBACK)).toBe(true);
  });

  it('a slot without a node is given back and the page activated', () => {
    const { fate, control, isolated, nested, swap } = setup();
    nested.refuses = (gfp) => gfp === NODE_GFP;
    isolated(PFN, 7);
    expect(finish(fate.swapOut(PFN, control))).toBe(FATE_ACTIVATE);
    expect(swap.free).toBe(64);
  });

  it('a full area activates, and a request without I/O keeps', () => {
    const { fate, control, isolated } = setup(KERNEL_417, 1);
    isolated(PFN, 7);
    finish(fate.swapOut(PFN, control));
    isolated(PFN + 1, 8);
    expect(finish(fate.swapOut(PFN + 1, control))).toBe(FATE_ACTIVATE);
    const noio = { context: new TaskContext(), gfp: KERNEL_417.gfp.composites['GFP_NOIO']! };
    const shy = new ScanControl({ ...noio, order: 0, zoneIndex: 2, isKswapd: false }, KERNEL_417);
    isolated(PFN + 2, 9);
    expect(finish(fate.swapOut(PFN + 2, shy))).toBe(FATE_KEEP);
  });

  it('a page whose owner dies under the write is freed at its end', () => {
    const { fate, control, isolated, disk, swap, lru, zones, pcp } = setup();
    isolated(PFN, 7);
    finish(fate.swapOut(PFN, control));
    lru.putBack(PFN);
    const held = pcp.pages() + zones[0]!.freePages;
    swap.release(0);
    expect([lru.pagesOf(zones[0]!), swap.free]).toEqual([1, 64]);
    disk.written(PFN);
    expect(lru.pagesOf(zones[0]!)).toBe(0);
    expect(pcp.pages() + zones[0]!.freePages).toBe(held + 1);
  });

  it('a page that is mapped again while it waits for the device is not freed', () => {
    const { fate, control, isolated, swap, frames, device } = setup();
    for (let i = 0; i < 4; i++) {
      isolated(PFN + i, i);
      finish(fate.swapOut(PFN + i, control));
    }
    isolated(PFN + 4, 4);
    const fifth = fate.swapOut(PFN + 4, control);
    untilSleep(fifth);
    frames.setOwner(PFN + 4, 99);
    frames.setFlag(PFN + 4, PAGE_DIRTY);
    swap.release(4);
    device.complete(0);
    expect(finish(fifth)).toBe(FATE_ACTIVATE);
  });

  it('anonymous pages in use: 4.17 activates at once, 6.1 at the second look', () => {
    for (const [kernel, first] of [
      [KERNEL_417, FATE_ACTIVATE],
      [KERNEL_61, FATE_KEEP],
    ] as const) {
      const { fate, control, isolated, frames } = setup(kernel);
      isolated(PFN, 7);
      frames.setFlag(PFN, 64);
      expect(fate.judge(PFN, control)).toBe(first);
      frames.setFlag(PFN, 64);
      expect(fate.judge(PFN, control)).toBe(FATE_ACTIVATE);
    }
  });
});
