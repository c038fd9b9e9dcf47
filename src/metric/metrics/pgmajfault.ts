import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter('pgmajfault', 'page faults that waited for a read', 'lower');
