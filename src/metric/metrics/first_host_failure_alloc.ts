import { firstMoment } from '../first-moment.ts';

export default firstMoment({
  name: 'first_host_failure_alloc',
  summary: 'tracked allocation at which a caller was first refused',
  moment: 'firstHostFailure',
  clock: 'index',
});
