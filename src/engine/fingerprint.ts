import { finishHash, hex8, mixHash } from '../base/hash.ts';

const TWO_MINUS_32 = 1 / 0x100000000;

/**
 * Rolling 64-bit hash of what happened, in its order: equal runs have equal fingerprints, and
 * runs that differ anywhere have equal ones by chance of about 2^-64.
 *
 * Two 32-bit lanes, one mixing step each per event. The upper lane also takes the lower one in,
 * so a lower lane that collides and later agrees again leaves its trace.
 */
export class Fingerprint {
  #lower = 0;
  #upper = 0;

  /** A handled event. Time is a whole number below 2^53. */
  event(timeNs: number, kind: number, a: number, b: number): void {
    const upperTime = (timeNs * TWO_MINUS_32) | 0;
    const what = Math.imul(kind ^ (upperTime << 16), 0x9e3779b1) + Math.imul(b, 0x85ebca77);
    this.#lower = mixHash(this.#lower, (timeNs | 0) ^ Math.imul(a, 0xc2b2ae3d));
    this.#upper = mixHash(this.#upper ^ this.#lower, what + a);
  }

  /** Any other whole number that shall be equal, such as a counter at the end. */
  ingest(value: number): void {
    this.#lower = mixHash(this.#lower, value | 0);
    this.#upper = mixHash(this.#upper ^ this.#lower, Math.floor(value * TWO_MINUS_32) | 0);
  }

  /** 16 lowercase hex digits. */
  hex(): string {
    const upper = finishHash(this.#upper ^ finishHash(this.#lower));
    return hex8(upper) + hex8(finishHash(this.#lower));
  }
}
