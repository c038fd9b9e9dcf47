import type { Gfp, KernelProfile, NamedMask } from '../../kernel/kernel-profile.ts';
import { checkLength, clipped, evaluateMask, NUMBER } from './gfp-expression.ts';
import { decimalNotes, foreignReadings, foreignWords, type MaskNote } from './gfp-foreign.ts';
import { GfpNames } from './gfp-names.ts';
import { hex } from './gfp-print.ts';

// A mask as people paste it:
//
//   0x14000c0 · 20971712 · GFP_KERNEL|__GFP_COMP · GFP_KERNEL & ~__GFP_FS
//   mode:0x24040c0(GFP_KERNEL|__GFP_COMP), nodemask=(null)      failure and OOM reports
//   gfp_flags=GFP_KERNEL|GFP_ZERO · gfp_flags=none               trace events
//   a whole line of a log around either
//
// **Models:** how warn_alloc, dump_header, slab_out_of_memory and the trace events write masks,
// 2.6.32 to 6.12. **Departs:** a line cut in two by a mail is not joined.

/** What a text said, and what is odd about it. */
export interface ReadGfp {
  readonly value: Gfp;
  readonly notes: readonly MaskNote[];
}

/** Where a log says that a mask follows, and the mask: hex with or without words, or words. */
const LOGGED = /(?:^|[\s,([])(?:mode|gfp|gfp_mask|gfp_flags)\s*[:=]\s*/;
const LOGGED_PAIR = /^(0x[0-9a-f]+)\s*(?:\(([^()]*)\)?)?(?=$|[\s,;)])/i;
/** The pair without its announcement. */
const PAIR = /^(0x[0-9a-f]+)\s*\(([^()]*)\)\s*(?:,.*)?$/i;
const LOGGED_WORDS = /^[^\s,;()]+/;
/** Nothing but an expression: it is taken whole. */
const EXPRESSION = /^[\w\s|&^~+()]*$/;

/** The value of a number, a flag, an expression or a piece of a kernel log. */
export function parseGfp(
  text: string,
  kernel: KernelProfile,
  flags: readonly NamedMask[] = [],
): Gfp {
  return readGfp(text, kernel, flags).value;
}

/** The same, and what is odd about it; in a log line the number counts, not the words. */
export function readGfp(
  text: string,
  kernel: KernelProfile,
  flags: readonly NamedMask[] = [],
): ReadGfp {
  checkLength(text);
  const names = new GfpNames(kernel, flags);
  const logged = LOGGED.exec(text);
  const start = logged === null ? 0 : logged.index + logged[0].length;
  const body = text.slice(start);
  const pair = (logged === null ? PAIR : LOGGED_PAIR).exec(logged === null ? body.trim() : body);
  if (pair !== null) return readPair(pair[1]!, pair[2], { names, kernel });
  const words = EXPRESSION.test(body) ? body : (LOGGED_WORDS.exec(body)?.[0] ?? '');
  if (logged !== null && words.trim() === 'none') return { value: 0, notes: [] };
  // Blanks in place of what precedes the mask keep the columns of messages right.
  const value = evaluateMask(logged === null ? text : ' '.repeat(start) + words, names);
  const bare = words.trim();
  if (!NUMBER.test(bare)) return { value, notes: [] };
  const notes = [...decimalNotes(bare, value, kernel), ...foreignReadings(value, kernel)];
  return { value, notes };
}

function readPair(
  number: string,
  words: string | undefined,
  { names, kernel }: { names: GfpNames; kernel: KernelProfile },
): ReadGfp {
  const value = evaluateMask(number, names);
  if (words === undefined) return { value, notes: foreignReadings(value, kernel) };
  const odd = contradiction(value, words, names);
  if (odd === undefined) return { value, notes: [] };
  const text = `${odd}: ${foreignWords(value, words, kernel)}`;
  return { value, notes: [{ id: 'words-differ', text }] };
}

/** Words that another kernel printed do not say, in this one, what the number says. */
function contradiction(value: Gfp, words: string, names: GfpNames): string | undefined {
  const isKnown = (word: string) =>
    word === '' || NUMBER.test(word) || names.find(word) !== undefined;
  const foreign = words
    .split('|')
    .map((word) => word.trim())
    .find((word) => !isKnown(word));
  if (foreign !== undefined) return `'${clipped(foreign)}' is no flag here`;
  const said = words.trim() === '' ? 0 : evaluateMask(words, names);
  if (said === value) return undefined;
  return `the number is ${hex(value)}, but the words mean ${hex(said)}`;
}
