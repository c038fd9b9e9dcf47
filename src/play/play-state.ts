import { UserError } from '../base/user-error.ts';
import { type Override, parseOverride } from '../scenario/overrides.ts';

/**
 * All that a page shows follows from this: a scenario by name, and what is laid over it. It is
 * what the command line takes, in the same words, so that both make the same runs.
 *
 *   link      #rfc-2018/drain&machine.memory=64MiB&seed=2&decide.caller=GFP_ATOMIC
 *   command   gfpsim run rfc-2018/drain -s machine.memory=64MiB --seed 2
 */
export interface PlayState {
  /** A bundled scenario, or the one that the page was made with. */
  readonly scenario: string;
  /** YAML by path; an empty text takes the scenario's own value away. */
  readonly changes: Readonly<Record<string, string>>;
  /** The request that is followed step by step, as far as somebody chose it; no run knows it. */
  readonly decide?: DecideChoice;
}

/** By what was chosen: caller, variant, free.ZONE, step. */
export type DecideChoice = Readonly<Record<string, string>>;

const DECIDE = 'decide.';

/** With another value at a path; what was set at or below it is gone. */
export function withChange(state: PlayState, path: string, text: string): PlayState {
  const changes = { ...withoutChange(state, path).changes, [path]: text };
  return { ...state, changes };
}

/** With another request to follow; one of which nothing was chosen is none. */
export function withDecision(
  { scenario, changes }: PlayState,
  decide: DecideChoice | undefined,
): PlayState {
  const isChosen = decide !== undefined && Object.keys(decide).length > 0;
  return { scenario, changes, ...(isChosen ? { decide } : {}) };
}

/** With the scenario's own value at a path and below it. */
export function withoutChange(state: PlayState, path: string): PlayState {
  const kept = Object.entries(state.changes).filter(([key]) => !isWithin(key, path));
  return { ...state, changes: Object.fromEntries(kept) };
}

function isWithin(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}.`);
}

/** What is laid over the scenario; a wrong value is told under its path. */
export function overridesOf({ changes }: PlayState): Override[] {
  return Object.entries(changes).map(([path, text]) => {
    const origin = originOf(path);
    try {
      return { ...parseOverride(`${path}=${text}`), origin };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`'${text.slice(0, 40)}' is not a value`, { at: { file: origin } });
    }
  });
}

const ORIGIN = 'at ';

function originOf(path: string): string {
  return `${ORIGIN}${path}`;
}

/** The path of the change that a message is about; undefined: it is about the scenario's own. */
export function changedPath(error: UserError): string | undefined {
  const file = error.detail.at?.file ?? '';
  return file.startsWith(ORIGIN) ? file.slice(ORIGIN.length) : undefined;
}

/** A message without the place, for where that is shown beside it. */
export function plainMessage(error: UserError): string {
  const path = changedPath(error);
  return path === undefined ? error.message : error.message.slice(originOf(path).length + 2);
}

/** The state as the part of an address after '#'. */
export function linkOf({ scenario, changes, decide = {} }: PlayState): string {
  const chosen = Object.entries(decide).map(([name, text]) => [`${DECIDE}${name}`, text] as const);
  const all = [...Object.entries(changes), ...chosen];
  const pairs = all.map(([path, text]) => `${escaped(path)}=${escaped(text)}`);
  return [escaped(scenario), ...pairs].join('&');
}

/** The state in an address; an empty one is the standing scenario's. */
export function stateIn(link: string, standing: string): PlayState {
  const [scenario = '', ...pairs] = link.replace(/^#/, '').split('&');
  const changes: Record<string, string> = {};
  const decide: Record<string, string> = {};
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new UserError(`'${pair.slice(0, 40)}' in the link is no PATH=VALUE`);
    const [path, text] = [unescaped(pair.slice(0, equals)), unescaped(pair.slice(equals + 1))];
    if (path.startsWith(DECIDE)) decide[path.slice(DECIDE.length)] = text;
    else changes[path] = text;
  }
  const state = { scenario: scenario === '' ? standing : unescaped(scenario), changes };
  return withDecision(state, decide);
}

/** Legible where an address allows it. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(/%(2F|2C|3A|5B|5D|20)/g, (code) =>
    code === '%20' ? '+' : decodeURIComponent(code),
  );
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    throw new UserError(`'${text.slice(0, 40)}' in the link is cut off or misspelt`);
  }
}

/** The command that makes the same runs. */
export function commandOf({ scenario, changes }: PlayState): string {
  const words = Object.entries(changes).flatMap(([path, text]) => optionOf(path, text));
  return ['gfpsim', 'run', scenario, ...words].map(quoted).join(' ');
}

function optionOf(path: string, text: string): string[] {
  if (path === 'seed' && text !== '') return ['--seed', text];
  if (path === 'replications' && text !== '') return ['--reps', text];
  const list = path === 'variants' ? /^\[([A-Za-z0-9., _-]+)\]$/.exec(text)?.[1] : undefined;
  if (list !== undefined) return ['-V', list.replace(/\s/g, '')];
  return ['-s', `${path}=${text}`];
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_./:=,@%+-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`;
}
