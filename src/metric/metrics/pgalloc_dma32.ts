import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter('pgalloc_dma32', 'pages allocated from zone DMA32', 'neither');
