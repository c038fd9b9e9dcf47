import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter('pgscan_kswapd', 'pages scanned by kswapd', 'lower');
