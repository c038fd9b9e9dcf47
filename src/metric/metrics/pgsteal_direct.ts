import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter('pgsteal_direct', 'pages reclaimed by direct reclaim', 'neither');
