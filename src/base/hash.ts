/**
 * 128-bit hash of a text as 32 lowercase hex digits: MurmurHash3 (x86, 128 bits, seed 0) of its
 * UTF-8 bytes. Names runs, labels random streams; not for secrets: anyone can make collisions.
 * A lone surrogate counts as U+FFFD.
 */
export function hashHex(text: string): string {
  const lanes = murmur128(new TextEncoder().encode(text), 0);
  return Array.from(lanes, hex8).join('');
}

/** One unsigned 32-bit number as eight hex digits. */
export function hex8(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

/**
 * Takes one 32-bit word into a running 32-bit hash: a MurmurHash3 round. The order of words
 * counts. A chain is as good as its end: pass the last hash through `finishHash`.
 */
export function mixHash(hash: number, word: number): number {
  const mixed = hash ^ Math.imul(rotateLeft(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
  return (Math.imul(rotateLeft(mixed, 13), 5) + 0xe6546b64) | 0;
}

/** Spreads every bit of a 32-bit hash over all others (MurmurHash3's finaliser); one to one. */
export function finishHash(hash: number): number {
  const upper = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const lower = Math.imul(upper ^ (upper >>> 13), 0xc2b2ae35);
  return lower ^ (lower >>> 16);
}

/** MurmurHash3_x86_128 of bytes: four 32-bit lanes. */
export function murmur128(bytes: Uint8Array, seed: number): Uint32Array {
  const lanes = new Uint32Array(4).fill(seed);
  const blocks = bytes.length >>> 4;
  for (let block = 0; block < blocks; block++) {
    for (let lane = 0; lane < 4; lane++) {
      lanes[lane]! ^= scramble(littleEndianWord(bytes, block * 16 + lane * 4), lane);
      stir(lanes, lane);
    }
  }
  // The tail is a block whose missing bytes are zero, without the stirring.
  for (let lane = 0; lane < 4; lane++) {
    lanes[lane]! ^= scramble(littleEndianWord(bytes, blocks * 16 + lane * 4), lane);
  }
  for (let lane = 0; lane < 4; lane++) lanes[lane]! ^= bytes.length;
  spread(lanes);
  for (let lane = 0; lane < 4; lane++) lanes[lane] = finishHash(lanes[lane]!);
  spread(lanes);
  return lanes;
}

/** Per lane: the word's first and second multiplier, its rotation, then the stirring's. */
const MULTIPLIERS = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93] as const;
const WORD_ROTATIONS = [15, 16, 17, 18] as const;
const LANE_ROTATIONS = [19, 17, 15, 13] as const;
const LANE_CONSTANTS = [0x561ccd1b, 0x0bcaa747, 0x96cd1c35, 0x32ac3b17] as const;

function scramble(word: number, lane: number): number {
  const once = Math.imul(word, MULTIPLIERS[lane]!);
  return Math.imul(rotateLeft(once, WORD_ROTATIONS[lane]!), MULTIPLIERS[(lane + 1) & 3]!);
}

function stir(lanes: Uint32Array, lane: number): void {
  const rotated = rotateLeft(lanes[lane]!, LANE_ROTATIONS[lane]!) + lanes[(lane + 1) & 3]!;
  lanes[lane] = Math.imul(rotated, 5) + LANE_CONSTANTS[lane]!;
}

/** Every lane gets a part of every other one. */
function spread(lanes: Uint32Array): void {
  for (let lane = 1; lane < 4; lane++) lanes[0]! += lanes[lane]!;
  for (let lane = 1; lane < 4; lane++) lanes[lane]! += lanes[0]!;
}

/** Four bytes from `at`; those past the end are zero. */
function littleEndianWord(bytes: Uint8Array, at: number): number {
  let word = 0;
  for (let i = 0; i < 4; i++) word |= (bytes[at + i] ?? 0) << (8 * i);
  return word;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
