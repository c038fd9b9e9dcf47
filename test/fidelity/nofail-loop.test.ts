import { holdGroup } from './hold-group.ts';

// Is the loop of NOFAIL and NORETRY entered, left and avoided as on a real 4.17?

holdGroup('nofail-loop', { settings: { '4.17': 5 }, quantities: 29 });
