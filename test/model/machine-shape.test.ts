import { setFlagsFromString } from 'node:v8';
import { expect, test } from 'vitest';
import { machineFor, settingOf } from './loaded-machine.ts';

setFlagsFromString('--allow-natives-syntax');
/** Whether V8 gives both one shape: code that has met one is then as fast with the other. */
const sameShape = new Function('a', 'b', 'return %HaveSameMap(a, b)') as (
  a: object,
  b: object,
) => boolean;
setFlagsFromString('--no-allow-natives-syntax');

/** V8 changes how it makes an object where the code that does has run some eight times. */
const MACHINES = 20;

const SCENARIO = `kernel: '4.17'
machine: { memory: 64MiB }
load:
  - workload: drain
    params: { size: 256 }
`;

test('the parts of every machine have one shape', () => {
  const machines = Array.from({ length: MACHINES }, () => machineFor(settingOf(SCENARIO)));
  const [one, two] = machines.slice(-2);
  expect(sameShape(one!.parts, two!.parts)).toBe(true);
  expect(sameShape(one!.parts.memory, two!.parts.memory)).toBe(true);
});
