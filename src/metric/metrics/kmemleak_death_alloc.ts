import { firstMoment } from '../first-moment.ts';

export default firstMoment({
  name: 'kmemleak_death_alloc',
  summary: 'tracked allocation at which kmemleak disabled itself',
  moment: 'death',
  clock: 'index',
});
