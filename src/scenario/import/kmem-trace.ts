import { counted } from '../../base/counted.ts';
import { UserError } from '../../base/user-error.ts';
import { LARGEST_BYTES } from '../../workload/parameter-fields.ts';
import type { TraceRow } from '../../workload/trace-text.ts';
import { type KmemEvent, type KmemLines, kmemEvents } from './kmem-lines.ts';
import { PortableMasks } from './kmem-masks.ts';

/** Who asks for kmemleak's own memory: a simulated kmemleak asks for its own. */
const KMEMLEAK =
  /^_*(create_object|alloc_object|mem_pool_|kmemleak_|add_scan_area|free_object_rcu)/;
const KMEMLEAK_CACHE = /^kmemleak_/;
const SHOWN_DAMAGED = 5;
const SHOWN_OTHERS = 6;

/** The trace of a recording, and what became of its events. */
export interface ImportedTrace {
  readonly rows: readonly TraceRow[];
  readonly requests: number;
  /** Requests that got nothing: they keep a number, as where they are played they may get it. */
  readonly refused: number;
  readonly frees: number;
  /** Frees that the recording does not have: their address came again. */
  readonly inferred: number;
  /** Objects that are there at the end. */
  readonly left: number;
  /** Objects that are there at once, at most. */
  readonly slots: number;
  readonly lastNs: number;
  /** Sentences on what was left out, and why, and on what was assumed. */
  readonly notes: readonly string[];
}

/**
 * The requests and frees of a recording. Objects get small numbers that come again; one whose
 * address is given out twice was freed unseen in between (bulk and RCU frees tell no event).
 * @param kernel profile by whose flag table masks that are numbers are read
 */
export function importTrace(text: string, file: string, kernel?: string): ImportedTrace {
  const seen: KmemLines = { damaged: [], others: new Map(), lost: 0 };
  const events = [...kmemEvents(text, file, seen)];
  const gfps = new Set(events.flatMap(({ request }) => request?.gfp ?? []));
  const maker = new TraceMaker(new PortableMasks(gfps, kernel));
  for (const event of events) maker.take(event);
  const notes = [...maker.notes(), ...notesOf(seen, text)];
  if (maker.rows.length === 0) throw nothingIn(file, seen, notes);
  return { ...maker.counts(), rows: maker.rows, notes };
}

class TraceMaker {
  readonly rows: TraceRow[] = [];
  readonly #masks: PortableMasks;
  readonly #objects = new Map<string, number>();
  readonly #freeNumbers: number[] = [];
  readonly #dropped = new Map<string, { noun: string; count: number }>();
  readonly #leftOfMasks = new Map<string, number>();
  #firstS: number | undefined;
  #nowNs = 0;
  #firstNs: number | undefined;
  #slots = 0;
  #requests = 0;
  #refused = 0;
  #inferred = 0;
  #frees = 0;
  #timeless = 0;
  #backwards = 0;
  #numberedSites = false;

  constructor(masks: PortableMasks) {
    this.#masks = masks;
  }

  take(event: KmemEvent): void {
    const { site, cache, request } = event;
    this.#tell(event);
    if (KMEMLEAK.test(site) || KMEMLEAK_CACHE.test(cache)) {
      this.#drop('event', "of kmemleak's own memory: the simulated one asks for its own");
    } else if (request === undefined) this.#takeFree(event);
    else this.#takeRequest(event, request);
  }

  counts(): Omit<ImportedTrace, 'rows' | 'notes'> {
    return {
      requests: this.#requests,
      refused: this.#refused,
      frees: this.#frees,
      inferred: this.#inferred,
      left: this.#requests - this.#refused - this.#frees - this.#inferred,
      slots: this.#slots,
      lastNs: this.rows.at(-1)?.timeNs ?? 0,
    };
  }

  notes(): string[] {
    const { numbersOf } = this.#masks;
    const notes = [...this.#dropped].map(
      ([why, { noun, count }]) => `left out: ${counted(count, noun)} ${why}`,
    );
    for (const [name, count] of this.#leftOfMasks) {
      notes.push(
        `left out of ${counted(count, 'mask')}: ${name}, which no kernel modelled here has`,
      );
    }
    if (numbersOf !== undefined) {
      notes.push(
        `masks that are numbers are read as Linux ${numbersOf} has them; --kernel decides`,
      );
    }
    if (this.#timeless > 0) {
      notes.push(
        `${counted(this.#timeless, 'event')} without a time: they get that of the one before`,
      );
    }
    if (this.#backwards > 0) {
      notes.push(
        `${counted(this.#backwards, 'event')} earlier than the one before: they get its time`,
      );
    }
    if (this.#numberedSites) {
      notes.push(
        'call sites are numbers: of a kernel with kmemleak its own requests are among them',
      );
    }
    return notes;
  }

  /** Its time, and what its callers are. */
  #tell({ at, site }: KmemEvent): void {
    if (/^(0x)?[0-9a-f]{7,16}$/i.test(site)) this.#numberedSites = true;
    if (at === undefined) {
      this.#timeless++;
      return;
    }
    // Relative to its first second, so that no time since 1970 is too large for whole ns.
    this.#firstS ??= at.s;
    const ns = (at.s - this.#firstS) * 1e9 + at.ns;
    if (ns < this.#nowNs) this.#backwards++;
    else this.#nowNs = ns;
  }

  #takeFree({ pointer }: KmemEvent): void {
    if (pointer === '') {
      this.#drop('free', 'of null');
      return;
    }
    const object = pointer === undefined ? undefined : this.#objects.get(pointer);
    if (object === undefined) {
      this.#drop('free', 'of what the recording never saw allocated');
      return;
    }
    this.#frees++;
    this.#free(pointer!, object);
  }

  #takeRequest(
    { pointer }: KmemEvent,
    { bytes, gfp: written }: NonNullable<KmemEvent['request']>,
  ): void {
    if (bytes < 1 || bytes > LARGEST_BYTES) {
      this.#drop('request', bytes < 1 ? 'for no bytes' : 'for more than 4 MiB');
      return;
    }
    const { gfp, left } = this.#masks.portable(written);
    for (const name of left) this.#leftOfMasks.set(name, (this.#leftOfMasks.get(name) ?? 0) + 1);
    const before = pointer === undefined ? undefined : this.#objects.get(pointer);
    if (before !== undefined) {
      this.#inferred++;
      this.#free(pointer!, before);
    }
    const object = this.#freeNumbers.pop() ?? this.#slots++;
    this.#requests++;
    if (pointer === '') this.#refused++;
    else if (pointer !== undefined) this.#objects.set(pointer, object);
    this.#push({ object, sizeBytes: bytes, gfp });
  }

  #free(pointer: string, object: number): void {
    this.#objects.delete(pointer);
    this.#freeNumbers.push(object);
    this.#push({ object, sizeBytes: 0, gfp: '' });
  }

  #push(row: Omit<TraceRow, 'timeNs'>): void {
    this.#firstNs ??= this.#nowNs;
    this.rows.push({ timeNs: this.#nowNs - this.#firstNs, ...row });
  }

  #drop(noun: string, why: string): void {
    const { count } = this.#dropped.get(why) ?? { count: 0 };
    this.#dropped.set(why, { noun, count: count + 1 });
  }
}

/** Of what is no kmem event, and of what is not there. */
function notesOf({ damaged, others, lost }: KmemLines, text: string): string[] {
  const notes: string[] = [];
  const named = [...others].sort(([, a], [, b]) => b - a);
  const pages = named.filter(([name]) => name.startsWith('mm_page_'));
  if (pages.length > 0) {
    const why = 'pages are asked for by the simulated slab itself';
    notes.push(`left out: ${counted(sum(pages), 'page event')} (${list(pages)}): ${why}`);
  }
  const rest = named.filter(([name]) => !name.startsWith('mm_page_'));
  if (rest.length > 0) notes.push(`left out: ${counted(sum(rest), 'other event')} (${list(rest)})`);
  for (const { line, found } of damaged.slice(0, SHOWN_DAMAGED)) {
    notes.push(`left out, damaged: line ${line}: ${found}`);
  }
  const more = damaged.length - SHOWN_DAMAGED;
  if (more > 0) notes.push(`left out, damaged: ${more} more, up to line ${damaged.at(-1)!.line}`);
  const written = /entries-in-buffer\/entries-written: (\d+)\/(\d+)/.exec(text);
  const overwritten = written === null ? 0 : Number(written[2]) - Number(written[1]);
  const missed = lost + Math.max(0, overwritten);
  if (missed > 0) notes.push(`the recording itself has lost ${counted(missed, 'event')}`);
  return notes;
}

function sum(named: readonly (readonly [string, number])[]): number {
  return named.reduce((all, [, count]) => all + count, 0);
}

function list(named: readonly (readonly [string, number])[]): string {
  const shown = named.slice(0, SHOWN_OTHERS).map(([name, count]) => `${count} ${name}`);
  return [...shown, ...(named.length > SHOWN_OTHERS ? ['…'] : [])].join(', ');
}

function nothingIn(file: string, { damaged }: KmemLines, notes: readonly string[]): UserError {
  const [first] = damaged;
  const at = first === undefined ? { file } : { file, line: first.line };
  const found = first === undefined ? 'no kmem event' : first.found;
  const hint = notes.length === 0 || first !== undefined ? {} : { hint: notes.join('; ') };
  const expected = 'kmalloc, kmem_cache_alloc, kfree or kmem_cache_free as a trace prints them';
  return new UserError(found, { at, expected, ...hint });
}

/** What was taken, in a sentence. */
export function traceSummary(trace: ImportedTrace): string {
  const { requests, refused, frees, inferred, left, slots, lastNs } = trace;
  const unseen = inferred === 0 ? '' : ` and ${inferred} unseen, where an address came again`;
  const parts = [
    `${counted(requests, 'request')}${refused === 0 ? '' : ` (${refused} got nothing)`}`,
    `${counted(frees, 'free')}${unseen}`,
    `${counted(left, 'object')} left, ${slots} at once at most`,
    `${(lastNs / 1e9).toPrecision(4)} s`,
  ];
  return `taken: ${parts.join('; ')}`;
}
