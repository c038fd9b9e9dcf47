import { warningCounter } from '../warning-counter.ts';

export default warningCounter('L1');
