import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter('oom_kill', 'processes killed by the OOM killer', 'lower');
