import { freeAtMoment } from '../free-at-moment.ts';

export default freeAtMoment({
  name: 'first_host_failure_free_dma32',
  moment: 'firstHostFailure',
  when: 'a caller was first refused',
  zone: 'DMA32',
});
