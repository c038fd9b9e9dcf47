import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter('allocstall_dma', 'direct reclaims entered for zone DMA', 'lower');
