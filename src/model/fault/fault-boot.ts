import { UserError } from '../../base/user-error.ts';
import type { FaultAttr, FaultSpec } from './fault-attr.ts';

/** sscanf's %d and %lu take these; hexadecimal and fractions are mistakes here. */
const WHOLE_NUMBER = /^-?\d{1,10}$/;
const LARGEST_INT = 2147483647;

/**
 * The boot parameter `failslab=` or `fail_page_alloc=`: interval, probability, space, times.
 * The other knobs stay as they are in `base`. All four fields or none: the kernel warns and
 * changes nothing when one is missing, which here is the user's mistake.
 *
 * **Models:** lib/fault-inject.c, setup_fault_attr, 4.17 to 6.12.
 * **Departs:** text after the fourth number and values out of range are refused.
 */
export function parseFaultBoot<T extends FaultAttr>(text: string, base: T, name: string): T {
  const fields = text.split(',');
  if (fields.length !== 4) {
    throw new UserError(`${name}=${text} has ${fields.length} field(s) and changes nothing`, {
      expected: 'interval,probability,space,times',
    });
  }
  const numbers = fields.map((field) => {
    if (WHOLE_NUMBER.test(field)) return Number(field);
    throw new UserError(`${name}=${text}: '${field}' is not a whole number`);
  });
  const [interval, probability, space, times] = numbers as [number, number, number, number];
  const attr = { ...base, interval, probability, space, times };
  checkFaultAttr(attr, name);
  return attr;
}

/** Refuses knobs that the kernel would not take, or that would mean something else to it. */
export function checkFaultAttr(attr: FaultAttr, name: string): void {
  inRange(attr.probability, 0, 100, `${name}: probability`);
  inRange(attr.interval, 1, LARGEST_INT, `${name}: interval`);
  inRange(attr.times, -1, LARGEST_INT, `${name}: times`);
  inRange(attr.space, 0, LARGEST_INT, `${name}: space`);
  inRange(attr.verbose, 0, LARGEST_INT, `${name}: verbose`);
}

/** Both capabilities and what they have in common. */
export function checkFaultSpec(spec: FaultSpec): void {
  checkFaultAttr(spec.failslab, 'failslab');
  checkFaultAttr(spec.failPageAlloc, 'fail_page_alloc');
  inRange(spec.failPageAlloc.minOrder, 0, 31, 'fail_page_alloc: min-order');
  const wanted = spec.failslab.probability > 0 || spec.failPageAlloc.probability > 0;
  if (spec.builtIn === false && wanted) {
    throw new UserError('faults are asked of a kernel without fault injection', {
      expected: 'probability 0, or fault injection built in',
    });
  }
}

function inRange(value: number, low: number, high: number, what: string): void {
  if (Number.isSafeInteger(value) && value >= low && value <= high) return;
  throw new UserError(`${what} ${value} is out of range`, {
    expected: `a whole number from ${low} to ${high}`,
  });
}
