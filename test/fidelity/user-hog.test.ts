import { holdGroup } from './hold-group.ts';

// Does a process that eats all memory end where and as it did on the real kernels?

holdGroup('user-hog', { settings: { '4.17': 2, '6.1': 4 }, quantities: 86 });
