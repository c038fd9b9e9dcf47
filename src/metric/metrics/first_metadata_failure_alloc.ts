import { firstMoment } from '../first-moment.ts';

export default firstMoment({
  name: 'first_metadata_failure_alloc',
  summary:
    'request of the callers, counted with the refused ones, whose metadata was first refused',
  moment: 'firstMetadataFailure',
  clock: 'index',
});
