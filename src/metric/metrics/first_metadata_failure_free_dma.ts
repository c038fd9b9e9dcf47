import { freeAtMoment } from '../free-at-moment.ts';

export default freeAtMoment({
  name: 'first_metadata_failure_free_dma',
  moment: 'firstMetadataFailure',
  when: 'metadata was first refused',
  zone: 'DMA',
});
