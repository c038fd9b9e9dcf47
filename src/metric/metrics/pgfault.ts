import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter('pgfault', 'page faults of user processes', 'neither');
