import { hang } from '../../report/table.ts';
import { textOf } from '../arguments.ts';
import { DEFAULT_OUT, OUT_OPTION } from '../batch-options.ts';
import { type Command, reportOutput } from '../command.ts';
import { EXIT_INTERNAL } from '../exit-codes.ts';

const command: Command = {
  name: 'doctor',
  summary: 'Whether all is there that runs need: Node, the build, catalogs, the store, a terminal',
  usage: 'doctor',
  example: ['gfpsim doctor', 'a line for each thing; exit 1 when one of them fails'],
  formats: ['text', 'json'],
  positionals: {},
  options: OUT_OPTION,
  async run(args, terminal) {
    const { examine } = await import('../doctor/doctor.ts');
    const out = textOf(args, 'out') ?? DEFAULT_OUT;
    const findings = await examine({ out, color: terminal.color });
    const width = Math.max(...findings.map(({ check }) => check.length));
    const failed = findings.filter(({ status }) => status === 'fail');
    const report = { schemaVersion: 1, findings };
    const { render } = reportOutput(report, () =>
      findings
        .flatMap(({ check, status, text, next }) => [
          ...hang(`${status.padEnd(4)}  ${check.padEnd(width)}  `, text),
          ...(next === undefined ? [] : hang(' '.repeat(width + 8), next)),
        ])
        .join('\n'),
    );
    if (failed.length === 0) return { render };
    const reason = `failed: ${failed.map(({ check }) => check).join(', ')}`;
    return { render, exitCode: EXIT_INTERNAL, reason };
  },
};

export default command;
