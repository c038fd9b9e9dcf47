import { stallQuantile } from '../stall-quantile.ts';

export default stallQuantile('stall_ns_max', 'longest time a caller was blocked', 'stallsNs', 100);
