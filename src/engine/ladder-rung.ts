/**
 * A rung of the ladder: a row of buckets of one width, which stand side by side in one column
 * with those of all other rungs.
 *
 *   heads   …  |  taken  |  taken  |  open  |  open  |  last  |  …
 *               ^first              ^open             ^last
 *               ^#startNs           ^openFromNs
 *
 * Widths are powers of two and times are whole, so that the bucket of a time is exact: no event
 * ever falls on the wrong side of an edge.
 */
export class LadderRung {
  first = 0;
  open = 0;
  last = -1;
  /** Earlier events belong further down. (NaN at first, for 0 would not begin as a double.) */
  openFromNs = Number.NaN;
  #startNs = Number.NaN;
  #widthNs = Number.NaN;
  #perWidth = Number.NaN;

  /**
   * Lays out two to four buckets for each of `count` events of these times: to pass an empty one
   * costs less than to guess how many events another has.
   */
  layOut(firstNs: number, lastNs: number, count: number, first: number): void {
    const spanNs = lastNs - firstNs;
    this.#widthNs = widthOf(spanNs / (2 * count));
    this.#perWidth = 1 / this.#widthNs;
    this.#startNs = firstNs;
    this.openFromNs = firstNs;
    this.first = first;
    this.open = first;
    this.last = first + Math.floor(spanNs / this.#widthNs);
  }

  /** The last bucket also takes whatever is later. */
  bucketOf(timeNs: number): number {
    const index = (timeNs - this.#startNs) * this.#perWidth;
    return index < this.last - this.first ? this.first + (index | 0) : this.last;
  }

  /** The bucket is taken, and so are all before it. */
  close(bucket: number): void {
    this.open = bucket + 1;
    this.openFromNs = this.#startNs + (this.open - this.first) * this.#widthNs;
  }
}

/** The largest power of two up to `span`, or 1. */
function widthOf(span: number): number {
  let width = 1;
  while (width * 2 <= span) width *= 2;
  return width;
}
