import { growthSample, holdSample, memorySample, runSample } from './samples.ts';

// A process of its own for one sample: node sample-process.js KIND WORD… prints it as JSON.

const [kind, ...words] = process.argv.slice(2);
const [first = '', second = '', third = ''] = words;

switch (kind) {
  case 'hold':
    print(holdSample(first, Number(second), Number(third)));
    break;
  case 'run':
    print(await runSample(first, Number(second)));
    break;
  case 'growth':
    print(await growthSample(first, Number(second)));
    break;
  case 'memory':
    print(await memorySample(first));
    break;
  default:
    throw new Error(`no sample is called '${kind}'`);
}

function print(sample: unknown): void {
  process.stdout.write(`${JSON.stringify(sample)}\n`);
}
