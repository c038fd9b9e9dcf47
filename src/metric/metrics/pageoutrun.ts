import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter('pageoutrun', 'cycles of kswapd', 'neither');
