#!/usr/bin/env node
import yargs, { type Argv } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { UserError } from '../base/user-error.ts';
import { flagOf, textOf } from './arguments.ts';
import type { Arguments, Command } from './command.ts';
import { joinDashedValues } from './dashed-values.ts';
import { EXIT_INTERNAL, EXIT_OK } from './exit-codes.ts';
import { GLOBAL_OPTIONS } from './global-options.ts';
import { COMPLETION_FLAG } from './help/completion-scripts.ts';
import { loadCommands } from './load-catalogs.ts';
import { checkOptions } from './option-rules.ts';
import { destinationsOf, writeOutput } from './output/output.ts';
import type { ColorWish } from './terminal/color.ts';
import { Terminal } from './terminal/terminal.ts';
import { usageFault } from './usage-fault.ts';
import { VERSION } from './version.ts';

interface Chosen {
  readonly command: Command;
  readonly args: Arguments;
}

process.exitCode = await main(hideBin(process.argv));

/** Parses, runs one command, writes its data; the answer is the exit code. */
async function main(words: readonly string[]): Promise<number> {
  let terminal = terminalFor({});
  try {
    if (words[0] === COMPLETION_FLAG) return await answerShell(words.slice(1), terminal);
    const chosen = await choose(words);
    if (chosen === undefined) return EXIT_OK;
    const { command, args } = chosen;
    checkOptions(args);
    terminal = terminalFor(args);
    const directory = textOf(args, 'directory');
    if (directory !== undefined) enter(directory);
    const to = destinationsOf(args, command);
    const output = await command.run({ ...args, format: to.format }, terminal);
    await writeOutput(output, to, terminal);
    const code = output.exitCode ?? EXIT_OK;
    if (code !== EXIT_OK) terminal.last(`gfpsim: exit ${code}: ${output.reason ?? 'failed'}`);
    return code;
  } catch (error) {
    return report(error, terminal);
  }
}

/** What a shell may offer next: `SHELL WORD…`, the last of them being written. */
async function answerShell(words: readonly string[], terminal: Terminal): Promise<number> {
  const { complete, completionLines, joinedAtEquals } = await import('./help/complete.ts');
  const [shell, ...line] = words;
  const { words: joined, cut } = shell === 'bash' ? joinedAtEquals(line) : { words: line, cut: 0 };
  const { candidates, paths } = await complete(joined, (await loadCommands()).all());
  const short = candidates.map((one) => ({ ...one, word: one.word.slice(cut) }));
  terminal.data(completionLines({ candidates: short, paths }));
  return EXIT_OK;
}

function terminalFor(args: Arguments): Terminal {
  return new Terminal({
    color: (textOf(args, 'color') ?? 'auto') as ColorWish,
    progress: !flagOf(args, 'no-progress'),
    quiet: flagOf(args, 'quiet'),
    verbose: flagOf(args, 'verbose'),
  });
}

/** The command and its arguments, or undefined when help or the version was all that was asked. */
async function choose(words: readonly string[]): Promise<Chosen | undefined> {
  let chosen: Chosen | undefined;
  const commands = (await loadCommands()).all();
  let parser = yargs(joinDashedValues(words, commands))
    .scriptName('gfpsim')
    .locale('en')
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .usage('$0 COMMAND\n\nWhich gfp_kmemleak_mask keeps kmemleak alive, and at what cost.')
    .options(GLOBAL_OPTIONS)
    .demandCommand(1, 'name a command; gfpsim --help lists them')
    .strict()
    .recommendCommands()
    .version(VERSION)
    .help()
    .alias('help', 'h')
    .wrap(Math.min(100, process.stdout.columns ?? 80))
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      throw error ?? usageFault(plainMessage(message), words, commands);
    });
  for (const command of commands) {
    parser = parser.command({
      command: command.usage,
      describe: command.summary,
      builder: (argv: Argv) => describeCommand(argv, command),
      handler: (args: Arguments) => {
        chosen = { command, args };
      },
    });
  }
  await parser.parseAsync();
  return chosen;
}

function describeCommand(argv: Argv, command: Command): Argv {
  for (const [name, { describe, array }] of Object.entries(command.positionals)) {
    argv.positional(name, { describe, type: 'string', ...(array ? { array } : {}) });
  }
  const [line, shows] = command.example;
  return argv
    .options(command.options)
    .option('format', { describe: `Format on stdout: ${command.formats.join(', ')}` })
    .epilogue(`Example, ${shows}:\n  ${line}`);
}

function plainMessage(message: string): string {
  return message.replace(/\s+/g, ' ').trim();
}

function enter(directory: string): void {
  try {
    process.chdir(directory);
  } catch {
    throw new UserError('no such directory', { at: { file: directory } });
  }
}

/** The user's mistakes are one line; our own come with their stack. */
function report(error: unknown, terminal: Terminal): number {
  if (error instanceof UserError) {
    terminal.last(`gfpsim: exit ${error.exitCode}: ${plainMessage(error.message)}`);
    return error.exitCode;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.last(detail);
  const reason = error instanceof Error ? error.message : String(error);
  terminal.last(`gfpsim: exit ${EXIT_INTERNAL}: internal error: ${plainMessage(reason)}`);
  return EXIT_INTERNAL;
}
