import { expect, test } from 'vitest';
import { wrap } from '../../src/report/table.ts';

test('a line never ends between a number and its unit', () => {
  expect(wrap('failslab 1 %, size 4 KiB', 10)).toEqual(['failslab', '1 %, size', '4 KiB']);
  expect(wrap('waits 20 ms and 3 s', 8)).toEqual(['waits', '20 ms', 'and 3 s']);
});

test('but may between a number and a word', () => {
  expect(wrap('in 20 steps', 8)).toEqual(['in 20', 'steps']);
});
