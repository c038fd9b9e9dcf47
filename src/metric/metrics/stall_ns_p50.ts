import { stallQuantile } from '../stall-quantile.ts';

export default stallQuantile('stall_ns_p50', 'median time a blocked caller waited', 'stallsNs', 50);
