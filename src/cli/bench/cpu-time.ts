/** Nanoseconds of CPU time that the work takes: waiting for a core does not count. */
export function cpuTimeNs(work: () => void): number {
  const since = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(since);
  return (user + system) * 1000;
}

/** The fastest of several: whatever else the machine does can only make one slower. */
export function fastestNs(times: number, work: () => void): number {
  let fastest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) fastest = Math.min(fastest, cpuTimeNs(work));
  return fastest;
}
