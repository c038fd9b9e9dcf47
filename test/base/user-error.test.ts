import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/user-error.ts';

describe('UserError', () => {
  it('says place, fault, expectation and hint in one line', () => {
    const error = new UserError('wrong', {
      at: { file: 'a.yaml', line: 3, column: 5 },
      expected: 'right',
      hint: 'look there',
    });
    expect(error.message).toBe('a.yaml:3:5: wrong; expected right; look there');
  });

  it('ends a program with 2 unless told', () => {
    expect(new UserError('x').exitCode).toBe(2);
    expect(new UserError('x', { exitCode: 5 }).exitCode).toBe(5);
    expect(new UserError('x', { at: { file: 'f', line: 2 } }).message).toBe('f:2: x');
  });
});
