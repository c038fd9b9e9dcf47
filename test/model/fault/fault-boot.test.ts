import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/user-error.ts';
import { FAILSLAB_DEFAULTS, FAULT_DEFAULTS } from '../../../src/model/fault/fault-attr.ts';
import {
  checkFaultAttr,
  checkFaultSpec,
  parseFaultBoot,
} from '../../../src/model/fault/fault-boot.ts';

const parse = (text: string) => parseFaultBoot(text, FAILSLAB_DEFAULTS, 'failslab');

describe('the boot parameter', () => {
  it('reads interval, probability, space, times and leaves the rest', () => {
    const attr = parse('100,10,0,-1');
    expect(attr).toEqual({
      ...FAILSLAB_DEFAULTS,
      interval: 100,
      probability: 10,
      space: 0,
      times: -1,
    });
    expect(attr.ignoreGfpWait).toBe(true);
  });

  it('rejects two fields and names all four', () => {
    expect(() => parse('10,100')).toThrow(UserError);
    expect(() => parse('10,100')).toThrow(/2 field.*interval,probability,space,times/);
  });

  it.each(['', '1,2,3', '1,2,3,4,5', '1,2,x,4', '1,0x5,0,1', '1,2.5,0,1', ' 1,2,3,4', '1,2,3,NaN'])(
    'rejects %j',
    (text) => {
      expect(() => parse(text)).toThrow(UserError);
    },
  );

  it.each([
    ['0,10,0,1', /interval 0 is out of range/],
    ['1,101,0,1', /probability 101 is out of range/],
    ['1,-1,0,1', /probability -1/],
    ['1,10,-1,1', /space -1/],
    ['1,10,0,-2', /times -2/],
    ['4294967296,10,0,1', /interval 4294967296/],
  ])('rejects %s', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});

describe('the knobs', () => {
  it('are the kernel defaults: nothing injected, once, from order 1', () => {
    expect(FAULT_DEFAULTS.failslab).toMatchObject({ probability: 0, interval: 1, times: 1 });
    expect(FAULT_DEFAULTS.failPageAlloc).toMatchObject({ minOrder: 1, ignoreGfpHighmem: true });
    expect(() => checkFaultSpec(FAULT_DEFAULTS)).not.toThrow();
  });

  it.each([Number.NaN, 0.5, 101, -1, Number.POSITIVE_INFINITY])(
    'refuse a probability of %d',
    (probability) => {
      expect(() => checkFaultAttr({ ...FAILSLAB_DEFAULTS, probability }, 'failslab')).toThrow(
        /failslab: probability/,
      );
    },
  );

  it('refuse a negative verbosity', () => {
    expect(() => checkFaultAttr({ ...FAILSLAB_DEFAULTS, verbose: -1 }, 'failslab')).toThrow(
      /failslab: verbose -1/,
    );
  });

  it('refuse faults without fault injection', () => {
    const failslab = { ...FAILSLAB_DEFAULTS, probability: 1 };
    const spec = { ...FAULT_DEFAULTS, failslab, builtIn: false };
    expect(() => checkFaultSpec(spec)).toThrow(/without fault injection/);
    expect(() => checkFaultSpec({ ...FAULT_DEFAULTS, builtIn: false })).not.toThrow();
  });
});
