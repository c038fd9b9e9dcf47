import * as z from 'zod';
import type { Workload } from './workload.ts';

/** What a load says of one of its parameters. */
export interface ParameterNote {
  readonly name: string;
  readonly description: string;
  /** Empty where it has none. */
  readonly unit: string;
  /** As a scenario would write it; undefined where there is none. */
  readonly initial: unknown;
}

/** The parameters of a load, in the order of its schema, for those who explain them. */
export function parameterNotes(workload: Workload): ParameterNote[] {
  const schema = z.toJSONSchema(workload.parameters, { io: 'input', unrepresentable: 'any' });
  return Object.entries(schema.properties ?? {}).map(([name, field]) => {
    if (typeof field !== 'object') return { name, description: '', unit: '', initial: undefined };
    const unit = typeof field['unit'] === 'string' ? field['unit'] : '';
    return { name, description: field.description ?? '', unit, initial: field.default };
  });
}
