import { quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * The buffer of the early log, 400 entries of 160 bytes, is not given back after boot: as many
 * objects as fit into it are a reserve.
 */
const variant: KmemleakVariant = {
  name: 'earlylog-pool',
  summary: 'the quiet mask, and the early log kept as an emergency store',
  source: { who: 'Catalin Marinas', date: '2018-04-25', ref: '20180425125154.GA29722@MBP.local' },
  objection: 'Catalin Marinas was not fond of it himself; in substance it became the pool of 5.4',
  attempts: (caller, _context, kernel) => [quietMask(caller, kernel)],
  injection: 'subject',
  reserve: { entries: { bytes: 400 * 160 }, refill: 'own-objects' },
  onFailure: 'disable',
};

export default variant;
