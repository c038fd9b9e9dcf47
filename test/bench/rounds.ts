import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { RandomStreams } from '../../src/engine/random-streams.ts';

const SAMPLE_PROCESS = fileURLToPath(new URL('./sample-process.js', import.meta.url));

/** One sample from a new process. */
export function sample<Sample>(words: readonly (string | number)[]): Sample {
  const command = ['--expose-gc', SAMPLE_PROCESS, ...words.map(String)];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
  return JSON.parse(stdout) as Sample;
}

/** One sample of each competitor a round, in an order that changes from round to round. */
export function sampleInRounds<Sample>(
  competitors: readonly string[],
  rounds: number,
  sampleOf: (competitor: string) => Sample,
): Map<string, Sample[]> {
  const order = new RandomStreams('1', 0).stream('order of samples');
  const samples = new Map(competitors.map((name) => [name, [] as Sample[]]));
  for (let round = 0; round < rounds; round++) {
    const waiting = [...competitors];
    while (waiting.length > 0) {
      const [name] = waiting.splice(order.below(waiting.length), 1);
      samples.get(name!)!.push(sampleOf(name!));
    }
  }
  return samples;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
