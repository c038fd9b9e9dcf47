import { firstMoment } from '../first-moment.ts';

export default firstMoment({
  name: 'first_host_failure_alloc',
  summary: 'request of the callers that was the first to be refused',
  moment: 'firstHostFailure',
  clock: 'index',
});
