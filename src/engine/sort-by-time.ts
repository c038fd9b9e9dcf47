/**
 * Sorts `times[first]` … `times[end - 1]`, and `slots` alike; equal times stay in their order.
 * Insertion sort: for a few dozen events at most, of which many stand right already.
 */
export function sortByTime(
  times: Float64Array,
  slots: Int32Array,
  first: number,
  end: number,
): void {
  for (let i = first + 1; i < end; i++) {
    const time = times[i]!;
    if (times[i - 1]! <= time) continue;
    const slot = slots[i]!;
    let at = i;
    do {
      times[at] = times[at - 1]!;
      slots[at] = slots[at - 1]!;
      at--;
    } while (at > first && times[at - 1]! > time);
    times[at] = time;
    slots[at] = slot;
  }
}
