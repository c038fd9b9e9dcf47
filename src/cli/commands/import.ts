import { suggestion } from '../../base/suggest.ts';
import { UserError } from '../../base/user-error.ts';
import { countOf, textOf } from '../arguments.ts';
import type { Command } from '../command.ts';
import { KERNEL_OPTION } from '../common-options.ts';

/** As import-kinds.ts has them, which is loaded only when one is read. */
const KINDS = ['zoneinfo', 'dmesg', 'slabinfo', 'ftrace'];

const command: Command = {
  name: 'import',
  summary: 'What a real machine wrote, as a part of a scenario, or as a trace that a load plays',
  usage: 'import <kind> <file>',
  example: [
    'gfpsim import zoneinfo scenarios/machines/qemu-128M-6.1',
    'its zones; import ftrace FILE >load.csv makes a trace of a recording',
  ],
  formats: ['text', 'json'],
  positionals: {
    kind: { describe: `What it is: ${KINDS.join(', ')}`, words: KINDS },
    file: {
      describe: 'The file, such as /dev/stdin; of zoneinfo also a directory with copies of /proc',
      words: ['<files>'],
    },
  },
  options: {
    kernel: {
      ...KERNEL_OPTION['kernel'],
      describe: 'Kernel profile (the nearest one), and for masks that a trace has as numbers',
    },
    cpus: { type: 'string', describe: 'CPUs online, of which a dmesg tells nothing (1)' },
  },
  async run(args, terminal) {
    const kind = textOf(args, 'kind') ?? '';
    if (!KINDS.includes(kind)) {
      throw new UserError(`no import of '${kind.slice(0, 40)}'`, { hint: suggestion(kind, KINDS) });
    }
    const cpus = countOf(args, 'cpus', 1);
    if (cpus !== undefined && kind !== 'dmesg') {
      throw new UserError(`--cpus changes nothing in a part made of ${kind}`, {
        expected: 'it beside dmesg',
      });
    }
    const { IMPORT_KINDS } = await import('../requests/import-kinds.ts');
    const file = textOf(args, 'file') ?? '';
    // A parser of options makes nothing of a bare -.
    if (file === '') throw new UserError('no file', { expected: 'its path, or /dev/stdin' });
    const kernel = textOf(args, 'kernel');
    const { report, text } = await IMPORT_KINDS[kind]!({ file, kernel, cpus });
    return {
      render(format) {
        if (format === 'json') return `${JSON.stringify(report, null, 2)}\n`;
        // A part has its notes in it; a trace is nothing but its events.
        if (report.part === undefined) for (const note of report.notes) terminal.note(note);
        return text();
      },
    };
  },
};

export default command;
