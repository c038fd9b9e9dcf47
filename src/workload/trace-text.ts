import { nearestName } from '../base/suggest.ts';
import { type InputPosition, UserError } from '../base/user-error.ts';
import { LARGEST_BYTES } from './parameter-fields.ts';

// A recorded load as a file, CSV:
//
//   time_ns,op,object,size_bytes,gfp
//   0,alloc,0,232,GFP_KERNEL|__GFP_ZERO      a request for 232 bytes; what it gives is object 0
//   41000,free,0,,                           object 0 is freed, and its number may come again
//
//   time_ns      since the first event, whole ns, never falling
//   object       a number from 0; the smaller the largest of them, the less a run has to keep
//   size_bytes   what the caller asked for
//   gfp          flags by name, so that one trace fits every kernel that has them
//
// Lines that begin with # are notes. An object that is never freed stays for ever.

/** The first line of a trace that is no note. */
export const TRACE_HEADER = 'time_ns,op,object,size_bytes,gfp';
const COLUMNS = TRACE_HEADER.split(',');
const OPERATIONS = ['alloc', 'free'];

/** No larger number of objects is kept track of. */
const OBJECTS_MAX = 1 << 24;
const MASK_LENGTH_MAX = 200;
const SHOWN = 40;

/** One event of a trace. */
export interface TraceRow {
  /** ns since the first event. */
  readonly timeNs: number;
  readonly object: number;
  /** Bytes that are asked for; 0: the object is freed. */
  readonly sizeBytes: number;
  /** Flags by name; of a free: empty. */
  readonly gfp: string;
}

/** A trace in columns, one entry an event. */
export interface TraceTable {
  readonly length: number;
  /** ns since the first event, ascending. */
  readonly timesNs: Float64Array;
  readonly objects: Int32Array;
  /** Bytes that are asked for; 0: a free. */
  readonly sizesBytes: Int32Array;
  /** Which of the masks a request has; of a free: 0. */
  readonly masks: Uint16Array;
  /** The masks as they are written, in the order of their first use, and where that is. */
  readonly written: readonly { readonly gfp: string; readonly at: InputPosition }[];
  /** One more than the largest object's number. */
  readonly slots: number;
}

export function traceText(rows: readonly TraceRow[]): string {
  const lines = rows.map(({ timeNs, object, sizeBytes, gfp }) =>
    sizeBytes === 0
      ? `${timeNs},free,${object},,`
      : `${timeNs},alloc,${object},${sizeBytes},${gfp}`,
  );
  return `${[TRACE_HEADER, ...lines].join('\n')}\n`;
}

/** Reads a trace; the first mistake is a UserError with its line and column. */
export function parseTrace(text: string, file: string): TraceTable {
  return new TraceReader(file, lineCount(text)).read(text);
}

class TraceReader {
  readonly #file: string;
  readonly #timesNs: Float64Array;
  readonly #objects: Int32Array;
  readonly #sizesBytes: Int32Array;
  readonly #masks: Uint16Array;
  readonly #maskIds = new Map<string, number>();
  readonly #written: { gfp: string; at: InputPosition }[] = [];
  /** Object → line of the request that it is of. */
  readonly #live = new Map<number, number>();
  #length = 0;
  #slots = 0;
  #line = 0;
  /** The fields of the line in hand. */
  #fields: readonly string[] = [];

  constructor(file: string, lines: number) {
    this.#file = file;
    this.#timesNs = new Float64Array(lines);
    this.#objects = new Int32Array(lines);
    this.#sizesBytes = new Int32Array(lines);
    this.#masks = new Uint16Array(lines);
  }

  read(text: string): TraceTable {
    let hasHeader = false;
    for (let start = 0; start < text.length; ) {
      const newline = text.indexOf('\n', start);
      const end = newline === -1 ? text.length : newline;
      const line = text.slice(start, text[end - 1] === '\r' ? end - 1 : end);
      start = end + 1;
      this.#line++;
      if (line.trim() === '' || line.startsWith('#')) continue;
      this.#fields = line.split(',');
      if (hasHeader) this.#readRow();
      else this.#readHeader();
      hasHeader = true;
    }
    if (!hasHeader) this.#fail(0, 'no trace', `the header '${TRACE_HEADER}'`);
    if (this.#length === 0) this.#fail(0, 'a trace without events', 'a line for each of them');
    return this.#table();
  }

  #table(): TraceTable {
    const length = this.#length;
    return {
      length,
      timesNs: this.#timesNs.slice(0, length),
      objects: this.#objects.slice(0, length),
      sizesBytes: this.#sizesBytes.slice(0, length),
      masks: this.#masks.slice(0, length),
      written: this.#written,
      slots: this.#slots,
    };
  }

  #readHeader(): void {
    const names = this.#fields.map((name) => name.trim());
    const wrong = COLUMNS.findIndex((name, index) => names[index] !== name);
    if (wrong === -1 && names.length === COLUMNS.length) return;
    const at = wrong === -1 ? COLUMNS.length : wrong;
    const found =
      names[at] === undefined ? 'a column is missing' : `the column '${shown(names[at])}'`;
    this.#fail(Math.min(at, names.length - 1), found, `the header '${TRACE_HEADER}'`);
  }

  #readRow(): void {
    const fields = this.#fields;
    if (fields.length !== COLUMNS.length) {
      const at = Math.min(fields.length, COLUMNS.length) - 1;
      this.#fail(at, `${fields.length} fields`, `${COLUMNS.length}: ${TRACE_HEADER}`);
    }
    const row = this.#length;
    const earliest = row === 0 ? 0 : this.#timesNs[row - 1]!;
    const timeNs = this.#number(0, earliest, Number.MAX_SAFE_INTEGER);
    const op = fields[1]!;
    if (!OPERATIONS.includes(op)) {
      const nearest = nearestName(op, OPERATIONS);
      const hint = nearest === undefined ? '' : `; did you mean '${nearest}'?`;
      this.#fail(1, `op is '${shown(op)}'`, `${OPERATIONS.join(' or ')}${hint}`);
    }
    const object = this.#number(2, 0, OBJECTS_MAX - 1);
    this.#timesNs[row] = timeNs;
    this.#objects[row] = object;
    if (op === 'free') this.#readFree(object);
    else this.#readRequest(row, object);
    this.#length++;
  }

  #readFree(object: number): void {
    if (this.#fields[3] !== '' || this.#fields[4] !== '') {
      const at = this.#fields[3] === '' ? 4 : 3;
      this.#fail(
        at,
        `a free with '${shown(this.#fields[at]!)}'`,
        'nothing in its last two columns',
      );
    }
    if (!this.#live.delete(object)) {
      this.#fail(2, `object ${object} is freed and was not allocated`, 'a free after its alloc');
    }
  }

  #readRequest(row: number, object: number): void {
    const since = this.#live.get(object);
    if (since !== undefined) {
      const expected = 'a free before its number comes again';
      this.#fail(2, `object ${object} is there since line ${since}`, expected);
    }
    this.#live.set(object, this.#line);
    this.#slots = Math.max(this.#slots, object + 1);
    this.#sizesBytes[row] = this.#number(3, 1, LARGEST_BYTES);
    this.#masks[row] = this.#maskId(this.#fields[4]!);
  }

  #maskId(gfp: string): number {
    const known = this.#maskIds.get(gfp);
    if (known !== undefined) return known;
    if (gfp === '' || gfp.length > MASK_LENGTH_MAX) {
      this.#fail(4, `the gfp mask '${shown(gfp)}'`, 'flags such as GFP_KERNEL|__GFP_ZERO');
    }
    const id = this.#written.length;
    if (id > 0xffff) this.#fail(4, 'too many masks', 'at most 65536 different ones');
    this.#maskIds.set(gfp, id);
    this.#written.push({ gfp, at: this.#at(4) });
    return id;
  }

  #number(field: number, min: number, max: number): number {
    const text = this.#fields[field]!;
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
    this.#fail(field, `${COLUMNS[field]} is '${shown(text)}'`, `a whole number ${range}`);
  }

  #at(field: number): InputPosition {
    const before = this.#fields.slice(0, field);
    const column = before.reduce((sum, text) => sum + text.length + 1, 1);
    return { file: this.#file, line: Math.max(1, this.#line), column };
  }

  #fail(field: number, found: string, expected: string): never {
    throw new UserError(found, { at: this.#at(field), expected });
  }
}

function lineCount(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

function shown(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/g, '?');
  return plain.length <= SHOWN ? plain : `${plain.slice(0, SHOWN)}...`;
}
