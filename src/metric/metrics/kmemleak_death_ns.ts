import { firstMoment } from '../first-moment.ts';

export default firstMoment({
  name: 'kmemleak_death_ns',
  summary: 'simulated time at which kmemleak disabled itself',
  moment: 'death',
  clock: 'ns',
});
