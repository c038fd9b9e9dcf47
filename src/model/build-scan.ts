import type { Kmemleak } from './kmemleak/kmemleak.ts';
import { LeakScan } from './kmemleak/leak-scan.ts';
import type { MachineConfig } from './machine-config.ts';
import type { MachineParts } from './machine-parts.ts';
import type { Timers } from './timers.ts';

/** sizeof(struct page), and a task's stack. */
const PAGE_STRUCT_BYTES = 64;
const STACK_BYTES = 16_384;

/** kmemleak's scans, or null where nobody scans. `tasks`: whose stacks are read, too. */
export function buildScan(
  config: MachineConfig,
  parts: MachineParts,
  detector: Kmemleak,
  load: { readonly timers: Timers; readonly tasks: number },
): LeakScan | null {
  const { kernel, costs, slabs, kmemleak } = config;
  if (kmemleak.scan === undefined || !kmemleak.enabled) return null;
  const { zones } = parts.memory;
  let constant = load.tasks * STACK_BYTES;
  for (const { activeObjects, objectSize } of slabs) constant += activeObjects * objectSize;
  const rootBytes = () =>
    zones.reduce(
      (sum, zone) => sum + (zone.managed - zone.freePages) * PAGE_STRUCT_BYTES,
      constant,
    );
  return new LeakScan(
    {
      config: kmemleak.scan,
      detector,
      memory: { rootBytes },
      fillReserve: (context) => detector.fillAtScan(context),
      timers: load.timers,
      firstChecksum: kernel.kmemleak.firstChecksum,
      wordNs: costs.scanWordNs,
      checksumByteNs: costs.checksumByteNs,
    },
    (slot) => detector.sizeOf(slot),
  );
}
