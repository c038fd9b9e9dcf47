import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter('pgalloc_dma', 'pages allocated from zone DMA', 'neither');
