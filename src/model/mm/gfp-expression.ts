import { UserError } from '../../base/user-error.ts';
import type { Gfp, KernelProfile, NamedMask } from '../../kernel/kernel-profile.ts';
import { GfpNames } from './gfp-names.ts';

// The language of masks, with C's precedence, loosest first:
//
//   union  = xor { ("|" | "+") xor }          GFP_ATOMIC | __GFP_NOWARN
//   xor    = both { "^" both }
//   both   = unary { "&" unary }              gfp & (GFP_KERNEL | GFP_ATOMIC)
//   unary  = "~" unary | "(" union ")" | number | flag | "gfp"
//
// **Models:** the C expressions in which proposals state their masks. **Departs:** "+" joins like
// "|": a shell passes it unquoted, and flags are sets, not sums.

/** A mask as a function of the caller's gfp. */
type MaskFunction = (gfp: Gfp) => Gfp;

interface Token {
  readonly text: string;
  /** From 1. */
  readonly column: number;
}

const LONGEST = 2000;
const DEEPEST = 100;
const SHOWN = 60;
const EXPECTED = 'flags such as GFP_KERNEL|__GFP_NOWARN, or a number such as 0x14000c0';
/** A number as C writes it. */
export const NUMBER = /^(0x[0-9a-f]+|[0-9]+)(u?l{0,2}|l{0,2}u?)$/i;
const WORD = /[A-Za-z0-9_]/;
const OPERATORS = '|+^&~()';

/**
 * Compiles a mask with the caller's mask as its free variable `gfp`, as in
 * `(gfp & (GFP_KERNEL|GFP_ATOMIC)) | __GFP_NORETRY`. A mistake is a UserError with its column.
 * @param flags names besides the kernel's own, such as a proposal's new flag
 */
export function compileMaskExpression(
  text: string,
  kernel: KernelProfile,
  flags: readonly NamedMask[] = [],
): MaskFunction {
  return new MaskParser(text, new GfpNames(kernel, flags), true).parse();
}

/** The value of a mask without a caller. */
export function evaluateMask(text: string, names: GfpNames): Gfp {
  return new MaskParser(text, names, false).parse()(0);
}

class MaskParser {
  readonly #text: string;
  readonly #names: GfpNames;
  readonly #hasCaller: boolean;
  #tokens: readonly Token[] = [];
  #next = 0;
  #depth = 0;

  constructor(text: string, names: GfpNames, hasCaller: boolean) {
    this.#text = text;
    this.#names = names;
    this.#hasCaller = hasCaller;
  }

  parse(): MaskFunction {
    checkLength(this.#text);
    this.#tokens = this.#tokenize();
    if (this.#tokens.length === 0) throw new UserError('an empty gfp mask', { expected: EXPECTED });
    const mask = this.#union();
    const extra = this.#tokens[this.#next];
    if (extra !== undefined) this.#fail(`'${clipped(extra.text)}' is one too many`, extra.column);
    return mask;
  }

  #tokenize(): Token[] {
    const tokens: Token[] = [];
    for (let i = 0; i < this.#text.length; ) {
      const start = i;
      const character = this.#text[i]!;
      i++;
      if (/\s/.test(character)) continue;
      if (WORD.test(character)) {
        while (i < this.#text.length && WORD.test(this.#text[i]!)) i++;
      } else if (!OPERATORS.includes(character)) {
        this.#fail(`${shownCharacter(character)} has no place in a gfp mask`, start + 1);
      }
      tokens.push({ text: this.#text.slice(start, i), column: start + 1 });
    }
    return tokens;
  }

  #union(): MaskFunction {
    let left = this.#xor();
    while (this.#takes('|') || this.#takes('+')) {
      const [a, b] = [left, this.#xor()];
      left = (gfp) => (a(gfp) | b(gfp)) >>> 0;
    }
    return left;
  }

  #xor(): MaskFunction {
    let left = this.#both();
    while (this.#takes('^')) {
      const [a, b] = [left, this.#both()];
      left = (gfp) => (a(gfp) ^ b(gfp)) >>> 0;
    }
    return left;
  }

  #both(): MaskFunction {
    let left = this.#unary();
    while (this.#takes('&')) {
      const [a, b] = [left, this.#unary()];
      left = (gfp) => (a(gfp) & b(gfp)) >>> 0;
    }
    return left;
  }

  #unary(): MaskFunction {
    const token = this.#tokens[this.#next++];
    if (token === undefined) this.#fail('the gfp mask ends too soon', this.#text.length + 1);
    if (token.text === '~') {
      const mask = this.#nested(token, () => this.#unary());
      return (gfp) => ~mask(gfp) >>> 0;
    }
    if (token.text === '(') {
      const mask = this.#nested(token, () => this.#union());
      if (!this.#takes(')')) this.#fail("'(' is never closed", token.column);
      return mask;
    }
    if (token.text === 'gfp' && this.#hasCaller) return (gfp) => gfp >>> 0;
    const value = this.#operand(token);
    return () => value;
  }

  #operand(token: Token): Gfp {
    const { text, column } = token;
    if (!WORD.test(text[0]!)) this.#fail(`'${text}' where a flag should stand`, column);
    if (/^[0-9]/.test(text)) return this.#number(token);
    const value = this.#names.find(text);
    if (value !== undefined) return value;
    if (text === 'gfp') this.#fail("'gfp' stands for a caller's mask: there is none here", column);
    this.#fail(`unknown gfp flag '${clipped(text)}'`, column, this.#names.explain(clipped(text)));
  }

  #number({ text, column }: Token): Gfp {
    const match = NUMBER.exec(text);
    if (match === null) {
      const hint = /^[0-9a-f]+$/i.test(text) ? `did you mean '0x${clipped(text)}'?` : undefined;
      this.#fail(`'${clipped(text)}' is not a number`, column, hint);
    }
    const value = Number(match[1]);
    if (value > 0xffffffff) this.#fail(`${clipped(text)} has more than 32 bits`, column);
    return value;
  }

  #nested(token: Token, parse: () => MaskFunction): MaskFunction {
    if (++this.#depth > DEEPEST) this.#fail('the gfp mask is nested too deeply', token.column);
    const mask = parse();
    this.#depth--;
    return mask;
  }

  #takes(operator: string): boolean {
    if (this.#tokens[this.#next]?.text !== operator) return false;
    this.#next++;
    return true;
  }

  #fail(message: string, column: number, hint?: string): never {
    const where = `${message} at column ${column} of '${clipped(this.#text)}'`;
    throw new UserError(where, hint === undefined ? { expected: EXPECTED } : { hint });
  }
}

export function checkLength(text: string): void {
  if (text.length <= LONGEST) return;
  throw new UserError(`a gfp mask of ${text.length} characters`, { expected: EXPECTED });
}

function shownCharacter(character: string): string {
  if (character === '-') return "'-' (a mask is unsigned, and flags are taken away with & ~)";
  return /[\x20-\x7e]/.test(character) ? `'${character}'` : 'an unprintable character';
}

/** A text short and plain enough for a message. */
export function clipped(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/g, '?');
  return plain.length <= SHOWN ? plain : `${plain.slice(0, SHOWN)}…`;
}
