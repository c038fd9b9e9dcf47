import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter('pgscan_direct', 'pages scanned by direct reclaim', 'lower');
