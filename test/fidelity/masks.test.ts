import { holdGroup } from './hold-group.ts';

// Do the proposals make the masks that two kernels printed?

holdGroup('masks', { settings: { '4.17': 154, '6.1': 154 }, quantities: 308 });
