import { benchBatch } from './batch-benchmark.ts';
import { benchPage } from './page-benchmark.ts';
import { benchQueue } from './queue-benchmark.ts';
import { benchMemory, benchRuns } from './run-benchmark.ts';

// npm run bench [-- queue|runs|memory|batch|page …] [--rounds N] [--quick]
// Ratios and figures of CPU time; --quick shows only that everything works.

const { names, rounds, share } = readArguments(process.argv.slice(2));
const BENCHMARKS: Readonly<Record<string, () => string[] | Promise<string[]>>> = {
  queue: () => benchQueue(rounds, share),
  runs: () => benchRuns(rounds, share),
  memory: () => benchMemory(share),
  batch: () => benchBatch(rounds, share),
  page: () => benchPage(rounds),
};

for (const name of names.length === 0 ? Object.keys(BENCHMARKS) : names) {
  const bench = BENCHMARKS[name];
  if (bench === undefined) throw new Error(`no benchmark is called '${name}'`);
  process.stdout.write(`${(await bench()).join('\n')}\n\n`);
}

function readArguments(words: readonly string[]): {
  readonly names: readonly string[];
  readonly rounds: number;
  readonly share: number;
} {
  const quick = words.includes('--quick');
  const at = words.indexOf('--rounds');
  const rounds = at < 0 ? (quick ? 1 : 7) : Number(words[at + 1]);
  const isName = (word: string, i: number) => !word.startsWith('--') && (at < 0 || i !== at + 1);
  return { names: words.filter(isName), rounds, share: quick ? 0.01 : 1 };
}
