import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter('pgmigrate_success', 'pages that compaction moved', 'neither');
