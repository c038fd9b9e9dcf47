import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter('pswpin', 'pages read back from swap', 'lower');
