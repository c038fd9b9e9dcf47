import { holdGroup } from './hold-group.ts';

// Are all zones what /proc/zoneinfo said, after boot and after sysctls were written?

holdGroup('zones', { settings: { '4.17': 113, '6.1': 157 }, quantities: 2633 });
