import { wrap } from '../../report/table.ts';
import type { Command, OptionTable } from '../command.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { GLOBAL_OPTIONS, HELP_OPTIONS } from '../global-options.ts';

const WIDTH = 78;
const DESCRIPTION =
  'A deterministic simulator of the Linux page allocator, SLUB, fault injection and kmemleak. ' +
  'Data goes to standard output, talk to standard error; the last line there says why the exit ' +
  'status is not 0.';

const ENVIRONMENT: readonly (readonly [name: string, text: string])[] = [
  ['NO_COLOR', 'No colours, unless --color says otherwise.'],
  ['FORCE_COLOR', 'Colours in a pipe, too; 0: none on a terminal either.'],
  ['TERM', 'dumb: no colours and no progress line.'],
  ['CI', 'No progress line; baselines are not written.'],
  ['GITHUB_STEP_SUMMARY', 'A file to which check adds its report.'],
];

const FILES: readonly (readonly [name: string, text: string])[] = [
  ['results/NAME', 'runs.csv, metrics.csv, summary.json and manifest.json of a command run.'],
  ['results/.runs', 'Each run under its content address: what need not be made again.'],
  ['results/baselines/NAME', 'Results to which check holds others.'],
];

/** The manual in roff (man macros), from the declarations that the parser reads. */
export function manPage(
  commands: readonly Command[],
  { version, date }: { readonly version: string; readonly date: string },
): string {
  return [
    `.TH GFPSIM 1 ${date} "gfpsim ${version}" "User Commands"`,
    '.SH NAME',
    'gfpsim \\- which gfp_kmemleak_mask keeps kmemleak alive, and at what cost',
    '.SH SYNOPSIS',
    ...commands.flatMap(({ usage }, i) => [...(i === 0 ? [] : ['.br']), ...synopsis(usage)]),
    '.SH DESCRIPTION',
    ...sentence(DESCRIPTION),
    '.SH OPTIONS',
    'Of every command:',
    ...optionEntries({ ...GLOBAL_OPTIONS, ...HELP_OPTIONS }),
    '.SH COMMANDS',
    ...commands.flatMap(commandSection),
    '.SH EXIT STATUS',
    ...EXIT_CODES.flatMap(({ code, meaning }) => entry(bold(String(code)), meaning)),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(([name, text]) => entry(bold(name), text)),
    '.SH FILES',
    ...FILES.flatMap(([name, text]) => entry(italic(name), text)),
    '.SH SEE ALSO',
    'The README of the package; gfpsim explain NAME.',
    '',
  ].join('\n');
}

function commandSection({ name, summary, usage, positionals, options, ...rest }: Command) {
  const [line, shows] = rest.example;
  return [
    `.SS ${escaped(name)}`,
    ...synopsis(usage),
    '.PP',
    ...sentence(summary),
    ...Object.entries(positionals).flatMap(([positional, { describe }]) => {
      return entry(italic(positional.toUpperCase()), describe);
    }),
    ...optionEntries(options),
    ...entry(bold('--format'), rest.formats.join(', ')),
    '.PP',
    ...sentence(`Example, ${shows}`),
    '.PP',
    '.in +4n',
    '.nf',
    escaped(line),
    '.fi',
    '.in',
  ];
}

/** `run [scenario..]` as `gfpsim run [SCENARIO...]`. */
function synopsis(usage: string): string[] {
  const [name = '', ...words] = usage.split(' ');
  const shown = words.map((word) => {
    const [, open, inner, dots] = /^([[<])([^.\]>]*)(\.\.)?/.exec(word) ?? [];
    const text = `${italic((inner ?? word).toUpperCase())}${dots === undefined ? '' : ' ...'}`;
    return open === '[' ? `[${text}]` : text;
  });
  return [[bold('gfpsim'), bold(name), ...shown, `[${italic('OPTION')} ...]`].join(' ')];
}

function optionEntries(options: OptionTable): string[] {
  return Object.entries(options).flatMap(([name, { alias, type, choices, describe }]) => {
    const short = typeof alias === 'string' ? [bold(`-${alias}`)] : [];
    const value = type === 'boolean' ? '' : ` ${italic('VALUE')}`;
    const chosen = choices === undefined ? '' : `: ${choices.join(', ')}`;
    return entry([...short, bold(`--${name}`)].join(', ') + value, `${describe ?? ''}${chosen}`);
  });
}

function entry(term: string, text: string): string[] {
  return ['.TP', term, ...sentence(text)];
}

/** Ends with a stop; no line is long, and none begins like a request. */
function sentence(text: string): string[] {
  const line = text.replace(/\s+/g, ' ').trim();
  const ended = /[.!?]$/.test(line) ? line : `${line}.`;
  return wrap(escaped(ended), WIDTH).map((one) => one.replace(/^\./, '\\&.'));
}

function bold(text: string): string {
  return `\\fB${escaped(text)}\\fR`;
}

function italic(text: string): string {
  return `\\fI${escaped(text)}\\fR`;
}

/** What roff would take for its own, and what is not ASCII. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replace(/[^\n -~]/gu, (one) => {
      const code = one.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
      return `\\[u${code}]`;
    });
}
