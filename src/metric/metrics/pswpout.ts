import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter('pswpout', 'pages written to swap', 'lower');
