import { type DumpLine, DumpText, quoted } from './dump-text.ts';

// One event, as the trace file, trace-cmd report or perf script shows it:
//
//   comm-12  [000] ....   1.000001: kmalloc: call_site=f+0x4/0x9 [mod] ptr=… bytes_req=… …
//   comm-12  ( 10) [000] d..1.  1.000001: kmem_cache_free:  call_site=… ptr=… name=…
//   comm  12 [000]     1.000001:     kmem:kfree: call_site=… ptr=…
//               ffffffff8123 kfree+0x1 (/boot/vmlinux)           a call chain below it
//   kmalloc: call_site=…                                         wrapped by mail, without a time
//       ptr=… bytes_req=…
//   /* kmalloc: call_site=… ptr=… */                             in a graph of functions

const EVENT =
  /(?:^|[\s:*])(kmalloc(?:_node)?|kmem_cache_alloc(?:_node)?|kfree|kmem_cache_free):(?=\s|$)/;
const OTHER = /\s\d+(?:\.\d+)?:\s+(?:\w+:)?(\w+):(?:\s|$)/;
const FIELD = /\b(?:call_site|ptr|bytes_req|bytes_alloc|gfp_flags|node|accounted|name)=/;
const LOST = /\[LOST (\d+) EVENTS\]/;
const SECONDS = /(\d+)\.(\d{1,9})(?=\s*[:|])/g;
/** A console writes the time first, and no colon behind it. */
const SECONDS_ALONE = /(\d+)\.(\d{6,9})/g;
const PTR = /\bptr=\s*(\([^)\s]*\)|(?:0x)?[0-9a-f]+)/i;
const BYTES = /bytes_req=(0x[0-9a-f]+|\d+)/;
const MASK = /\bgfp_flags=([\w|]+)/;
const SITE = /\bcall_site=(\S+)/;
const CACHE = /\bname=(\S+)/;

/** What a kmem event tells. */
export interface KmemEvent {
  /** Line from 1 on which it begins. */
  readonly line: number;
  /** Seconds, and ns of the next one, by the trace's own clock; undefined: it tells no time. */
  readonly at: { readonly s: number; readonly ns: number } | undefined;
  /** Hex digits without leading zeros; '': null; undefined: hidden by the kernel. */
  readonly pointer: string | undefined;
  readonly site: string;
  /** Name of the cache, as far as frees tell it. */
  readonly cache: string;
  /** Of a request; undefined: it is a free. */
  readonly request?: { readonly bytes: number; readonly gfp: string };
}

/** An event that is not whole. */
export interface DamagedEvent {
  readonly line: number;
  readonly found: string;
}

/** What else was in the text. */
export interface KmemLines {
  readonly damaged: DamagedEvent[];
  /** Other events by name. */
  readonly others: Map<string, number>;
  /** Events that the recording says it lost. */
  lost: number;
}

interface OpenEvent {
  readonly line: number;
  readonly name: string;
  readonly prefix: string;
  fields: string;
}

/** Reads the kmem events of a trace in their order; what is none is noted in `seen`. */
export function* kmemEvents(text: string, file: string, seen: KmemLines): Generator<KmemEvent> {
  const dump = new DumpText(text, file, 'a text of trace events');
  let open: OpenEvent | undefined;
  for (const line of dump.lines()) {
    const next = EVENT.exec(line.text);
    const other = next === null ? OTHER.exec(line.text) : null;
    if (next === null && other === null) {
      seen.lost += Number(LOST.exec(line.text)?.[1] ?? 0);
      if (open !== undefined) continueEvent(open, line);
      continue;
    }
    if (open !== undefined) yield* closed(open, seen);
    open = next === null ? undefined : opened(next, line);
    if (other !== null) seen.others.set(other[1]!, (seen.others.get(other[1]!) ?? 0) + 1);
  }
  if (open !== undefined) yield* closed(open, seen);
}

function opened(match: RegExpExecArray, { text, number }: DumpLine): OpenEvent {
  const name = match[1]!;
  const start = match.index + match[0].length;
  return {
    line: number,
    name,
    prefix: text.slice(0, start - name.length - 1),
    fields: text.slice(start),
  };
}

/** A call chain says nothing of the event; a line that mail wrapped does. */
function continueEvent(open: OpenEvent, { text }: DumpLine): void {
  const more = text.replace(/^[\s>]+/, '');
  if (open.fields.trimEnd().endsWith('|')) open.fields = open.fields.trimEnd() + more;
  else if (FIELD.test(more)) open.fields += ` ${more}`;
}

function* closed(open: OpenEvent, { damaged }: KmemLines): Generator<KmemEvent> {
  const { line, name, prefix, fields } = open;
  const missing = (field: string) => {
    damaged.push({ line, found: `${name} without ${field} in '${quoted(fields)}'` });
  };
  const pointer = PTR.exec(fields)?.[1];
  if (pointer === undefined) return missing('ptr');
  const common = {
    ...{ line, at: momentOf(prefix), pointer: plainPointer(pointer) },
    ...{ site: SITE.exec(fields)?.[1] ?? '', cache: CACHE.exec(fields)?.[1] ?? '' },
  };
  if (name.endsWith('free')) {
    yield common;
    return;
  }
  const bytes = BYTES.exec(fields)?.[1];
  if (bytes === undefined) return missing('bytes_req');
  const gfp = MASK.exec(fields)?.[1];
  if (gfp === undefined || gfp.endsWith('|')) return missing('gfp_flags');
  yield { ...common, request: { bytes: Number(bytes), gfp } };
}

function momentOf(prefix: string): KmemEvent['at'] {
  const last = [...prefix.matchAll(SECONDS)].at(-1) ?? [...prefix.matchAll(SECONDS_ALONE)].at(-1);
  if (last === undefined) return undefined;
  return { s: Number(last[1]), ns: Number(last[2]!.padEnd(9, '0')) };
}

function plainPointer(written: string): string | undefined {
  if (/^\((null|nil)\)$/i.test(written)) return '';
  if (written.startsWith('(')) return undefined;
  return written.toLowerCase().replace(/^0x/, '').replace(/^0+/, '');
}
