import { holdGroup } from './hold-group.ts';

// Does reclaim do what the real kernels did?

holdGroup('kernel-drain', { settings: { '4.17': 4, '6.1': 4 }, quantities: 65 });
