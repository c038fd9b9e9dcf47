import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/user-error.ts';
import {
  changedPath,
  commandOf,
  linkOf,
  overridesOf,
  type PlayState,
  plainMessage,
  stateIn,
  withChange,
  withDecision,
  withoutChange,
} from '../../src/play/play-state.ts';

const STATE: PlayState = {
  scenario: 'rfc-2018/drain',
  changes: {
    'machine.memory': '64MiB',
    'load.0': '{workload: churn, params: {slots: 16}}',
    variants: '[quiet-2011, pool-5.4]',
    seed: 'a b&c=d#%+',
    'machine.free': '',
  },
};

describe('a link', () => {
  it('holds the whole state', () => {
    expect(stateIn(linkOf(STATE), 'other')).toEqual(STATE);
    expect(stateIn(`#${linkOf(STATE)}`, 'other')).toEqual(STATE);
  });

  it('holds the request that is followed, apart from what the runs know', () => {
    const decide = {
      caller: 'GFP_KERNEL|__GFP_NOFAIL',
      variant: '',
      'free.DMA32': '143',
      step: '2',
    };
    const link = linkOf({ ...STATE, decide });
    expect(link).toMatch(/&decide\.free\.DMA32=143&decide\.step=2$/);
    expect(stateIn(link, 'other')).toEqual({ ...STATE, decide });
    expect(overridesOf({ ...STATE, decide })).toEqual(overridesOf(STATE));
    expect(commandOf({ ...STATE, decide })).toBe(commandOf(STATE));
    expect(withDecision({ ...STATE, decide }, {})).toEqual(STATE);
    expect(withChange({ ...STATE, decide }, 'seed', '2').decide).toEqual(decide);
  });

  it('keeps the order of the changes, which is the order in which they are laid over', () => {
    const state = stateIn(linkOf(STATE), 'other');
    expect(Object.keys(state.changes)).toEqual(Object.keys(STATE.changes));
  });

  it('can be read', () => {
    const { scenario } = STATE;
    const state = { scenario, changes: { 'machine.memory': '64MiB', seed: '7' } };
    expect(linkOf(state)).toBe('rfc-2018/drain&machine.memory=64MiB&seed=7');
  });

  it('is the standing scenario when it is empty', () => {
    expect(stateIn('', 'smoke/drain')).toEqual({ scenario: 'smoke/drain', changes: {} });
    expect(stateIn('#', 'smoke/drain')).toEqual({ scenario: 'smoke/drain', changes: {} });
  });

  it.each(['#a&b', '#a&=1', '#a&b=%E0%A4', '#%'])('%s is told to be broken', (link) => {
    expect(() => stateIn(link, 'x')).toThrow(UserError);
  });
});

describe('a change', () => {
  it('takes away what was set at and below its path, and nothing beside it', () => {
    const below = withChange(withChange(STATE, 'load.0.params.size', '64'), 'load.01', '1');
    const { changes } = withChange(below, 'load.0', '{workload: drain}');
    expect(changes['load.0']).toBe('{workload: drain}');
    expect(changes).not.toHaveProperty(['load.0.params.size']);
    expect(changes['load.01']).toBe('1');
  });

  it('can be taken back', () => {
    expect(withoutChange(STATE, 'machine').changes).toEqual({
      'load.0': STATE.changes['load.0'],
      variants: STATE.changes['variants'],
      seed: STATE.changes['seed'],
    });
  });

  it('is what --set lays over a scenario', () => {
    const overrides = overridesOf({
      scenario: 'x',
      changes: { 'machine.cpus': '2', kernel: '6.10' },
    });
    expect(overrides.map(({ path, value }) => [path, value])).toEqual([
      [['machine', 'cpus'], 2],
      [['kernel'], '6.10'],
    ]);
  });

  it('that is no value is told at its path', () => {
    try {
      overridesOf({ scenario: 'x', changes: { 'machine.cpus': '[1' } });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      expect(changedPath(error as UserError)).toBe('machine.cpus');
      expect(plainMessage(error as UserError)).toBe("'[1' is not a value");
    }
  });
});

describe('the command', () => {
  it('says each change in the words of the command line, quoted for a shell', () => {
    expect(commandOf(STATE)).toBe(
      'gfpsim run rfc-2018/drain -s machine.memory=64MiB ' +
        "-s 'load.0={workload: churn, params: {slots: 16}}' -V quiet-2011,pool-5.4 " +
        "--seed 'a b&c=d#%+' -s machine.free=",
    );
  });

  it('quotes quotes', () => {
    const state = { scenario: "it's.yaml", changes: { replications: '3' } };
    expect(commandOf(state)).toBe(`gfpsim run 'it'\\''s.yaml' --reps 3`);
  });
});
