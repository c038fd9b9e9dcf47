import { quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

const TRIES = 10;

/** One failure is bad luck, ten in a row are not: the same request up to ten times. */
const variant: KmemleakVariant = {
  name: 'retry10',
  summary: 'the quiet mask, tried up to ten times',
  source: {
    who: 'Tetsuo Handa',
    date: '2018-05-28',
    ref: 'f054219d-6daa-68b1-0c60-0acd9ad8c5ab@i-love.sakura.ne.jp',
  },
  objection:
    'Michal Hocko: repeating makes no progress where the context allows none; wants a pool',
  attempts: (caller, _context, kernel) => {
    const mask = quietMask(caller, kernel);
    return Array.from({ length: TRIES }, () => mask);
  },
  injection: 'subject',
  onFailure: 'disable',
};

export default variant;
