import { holdGroup } from './hold-group.ts';

// Does every cache have the layout that the real kernels' had right after boot?

holdGroup('slabs', { settings: { '4.17': 168, '6.1': 108 }, quantities: 777 });
