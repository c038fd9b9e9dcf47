import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter('allocstall_dma32', 'direct reclaims entered for zone DMA32', 'lower');
