import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter('pgalloc_normal', 'pages allocated from zone Normal', 'neither');
