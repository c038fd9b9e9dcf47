import { warningCounter } from '../warning-counter.ts';

export default warningCounter('W3');
