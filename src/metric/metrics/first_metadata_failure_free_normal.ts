import { freeAtMoment } from '../free-at-moment.ts';

export default freeAtMoment({
  name: 'first_metadata_failure_free_normal',
  moment: 'firstMetadataFailure',
  when: 'metadata was first refused',
  zone: 'Normal',
});
