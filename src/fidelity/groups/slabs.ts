import { counted } from '../../base/counted.ts';
import type { CpuCounts } from '../../model/slab/slab-geometry.ts';
import { slabGeometry } from '../../model/slab/slab-geometry.ts';
import type { FidelityGroup, Setting } from '../fidelity-group.ts';
import type { Laboratory } from '../laboratory.ts';
import { exact } from '../quantity.ts';

interface Boot {
  readonly kernel: string;
  readonly cpus: number;
}

const BOOTS: readonly Boot[] = [
  { kernel: '4.17', cpus: 1 },
  { kernel: '4.17', cpus: 2 },
  { kernel: '4.17', cpus: 8 },
  { kernel: '6.1', cpus: 1 },
  { kernel: '6.1', cpus: 2 },
];

/** Right after boot: the attributes of named caches, and the layout of every size in slabinfo. */
const group: FidelityGroup = {
  name: 'slabs',
  summary: 'slab orders and objects per slab',
  heldTo: ['`/sys/kernel/slab` and slabinfo, 1 to 8 CPUs'],
  unit: 'caches',
  agreement: 'exact',
  measurements: BOOTS.flatMap((boot) => [fileOf('attrs', boot), fileOf('slabinfo', boot)]),
  settings: (laboratory) =>
    BOOTS.flatMap((boot) => [...namedCaches(boot, laboratory), ...sizes(boot, laboratory)]),
};

export default group;

function fileOf(kind: 'attrs' | 'slabinfo', { kernel, cpus }: Boot): string {
  return `slab/${kind}-${kernel}-${cpus}cpu.csv`;
}

function namedCaches(boot: Boot, laboratory: Laboratory): Setting[] {
  return laboratory.cells(fileOf('attrs', boot)).map((cells) => {
    const [cache, , objectSize] = cells;
    const [size, objects, order, cpuPartial, minPartial] = cells.slice(3).map(Number);
    return {
      kernel: boot.kernel,
      name: `${cache}, ${counted(boot.cpus, 'CPU')}`,
      quantities: () => {
        const layout = geometry(boot, Number(objectSize), laboratory);
        return [
          exact('slab_size', size!, layout.size),
          exact('objs_per_slab', objects!, layout.objectsPerSlab),
          exact('order', order!, layout.order),
          exact('cpu_partial', cpuPartial!, layout.cpuPartial),
          exact('min_partial', minPartial!, layout.minPartial),
        ];
      },
    };
  });
}

function sizes(boot: Boot, laboratory: Laboratory): Setting[] {
  return laboratory.cells(fileOf('slabinfo', boot)).map((cells) => {
    const [size, objects, pages] = cells.map(Number);
    return {
      kernel: boot.kernel,
      name: `slabinfo, objects of ${size} bytes, ${counted(boot.cpus, 'CPU')}`,
      quantities: () => {
        const layout = geometry(boot, size!, laboratory);
        return [
          exact('objperslab', objects!, layout.objectsPerSlab),
          exact('pagesperslab', pages!, 1 << layout.order),
        ];
      },
    };
  });
}

function geometry({ kernel, cpus }: Boot, bytes: number, laboratory: Laboratory) {
  const counts: CpuCounts = { present: cpus, possible: cpus };
  return slabGeometry(bytes, laboratory.kernel(kernel), counts);
}
