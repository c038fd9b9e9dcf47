import { holdGroup } from './hold-group.ts';

// Does GFP_NOWAIT get down to the plain min where kswapd takes every boost back?

holdGroup('drain-kswapd-alive', { settings: { '6.1': 6 }, quantities: 30 });
