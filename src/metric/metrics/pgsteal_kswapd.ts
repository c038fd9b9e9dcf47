import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter('pgsteal_kswapd', 'pages reclaimed by kswapd', 'neither');
