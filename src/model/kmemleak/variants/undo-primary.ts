import type { KmemleakVariant } from '../variant.ts';

/**
 * No object without metadata: when the metadata fails the caller's object is freed again, and its
 * request reported as failed.
 */
const variant: KmemleakVariant = {
  name: 'undo-primary',
  summary: "the caller's own flags; when metadata fails, so does the caller",
  source: {
    who: 'Tetsuo Handa',
    date: '2018-05-29',
    ref: '201805290605.DGF87549.LOVFMFJQSOHtFO@I-love.SAKURA.ne.jp',
  },
  objection: 'Chunyu Hu: kmemleak becomes a source of faults; Qian Cai: too many call sites',
  attempts: (caller) => [caller >>> 0],
  injection: 'subject',
  onFailure: 'fail-caller',
};

export default variant;
