import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter('compact_stall', 'direct compactions that were tried', 'lower');
