import * as z from 'zod';
import {
  DURATION_EXPECTED,
  PAGES_EXPECTED,
  PERCENT_EXPECTED,
  parseBytes,
  parseDuration,
  parsePages,
  parsePercent,
  SIZE_EXPECTED,
} from '../base/units.ts';
import { UserError } from '../base/user-error.ts';

/**
 * The kinds of value a scenario is made of. Each carries its description, unit and examples as
 * metadata, from which `schema` (for editors) and `show` (for people) are derived.
 */
export interface FieldNotes {
  readonly description: string;
  readonly examples: readonly (string | number | boolean)[];
  readonly unit?: string;
}

type Written = string | number;

/** A size in bytes, unit required. */
export function sizeField(notes: FieldNotes) {
  return quantity({ ...notes, unit: 'bytes' }, SIZE_EXPECTED, parseBytes);
}

/** A count of pages, bare or as a size. */
export function pagesField(notes: FieldNotes) {
  return quantity({ ...notes, unit: 'pages' }, PAGES_EXPECTED, parsePages);
}

/** A time, unit required; whole nanoseconds inside. */
export function durationField(notes: FieldNotes) {
  return quantity({ ...notes, unit: 'ns' }, DURATION_EXPECTED, parseDuration);
}

export function percentField(notes: FieldNotes) {
  return quantity({ ...notes, unit: '%' }, PERCENT_EXPECTED, parsePercent);
}

export function countField(notes: FieldNotes, min = 0, max = Number.MAX_SAFE_INTEGER) {
  return z.int().min(min).max(max).meta(metadata(notes));
}

/** The kernel's debugfs booleans: Y and N, and what YAML has for them. */
export function yesNoField(notes: FieldNotes) {
  const words = z.enum(['Y', 'N', 'y', 'n', 'yes', 'no', 'on', 'off']);
  return z
    .union([z.boolean(), words, z.literal([0, 1])], { error: () => 'expected Y or N' })
    .meta(metadata(notes))
    .transform((value) => value === true || value === 1 || /^(y|yes|on)$/i.test(String(value)));
}

export function textField(notes: FieldNotes) {
  return z.string().min(1).max(500).meta(metadata(notes));
}

/** What editors and `show` read; zod keeps it beside the schema. */
export function metadata(notes: FieldNotes): Record<string, unknown> {
  return { ...notes, examples: [...notes.examples] };
}

/** Turns a parser that throws the user's mistakes into a schema that reports them. */
function quantity(notes: FieldNotes, expected: string, parse: (text: Written) => number) {
  return z
    .union([z.string(), z.number()], { error: () => `expected ${expected}` })
    .meta(metadata(notes))
    .transform((written, context) => {
      try {
        return parse(written);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        context.addIssue({ code: 'custom', message: error.message });
        return z.NEVER;
      }
    });
}
