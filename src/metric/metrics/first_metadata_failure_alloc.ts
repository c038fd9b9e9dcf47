import { firstMoment } from '../first-moment.ts';

export default firstMoment({
  name: 'first_metadata_failure_alloc',
  summary: 'tracked allocation at which metadata was first refused by the allocator',
  moment: 'firstMetadataFailure',
  clock: 'index',
});
