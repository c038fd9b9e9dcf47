import { firstMoment } from '../first-moment.ts';

export default firstMoment({
  name: 'kmemleak_death_alloc',
  summary:
    'request of the callers, counted with the refused ones, at which kmemleak disabled itself',
  moment: 'death',
  clock: 'index',
});
