import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter('slabs_scanned', 'slab objects scanned by shrinkers', 'neither');
