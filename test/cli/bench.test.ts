import { describe, expect, it } from 'vitest';
import { gfpsim } from './gfpsim.ts';

describe('bench', () => {
  it('tells what a run of each scenario takes, in 80 columns', () => {
    const words = ['rfc-2018/injection', 'smoke/drain', '-s', 'load.0.params.attempts=200'];
    const { status, stdout, stderr } = gfpsim(['bench', ...words, '--rounds', '2']);
    expect(`${status}${stderr}`).toBe('0');
    expect(stdout).toMatch(/^load +kernel +ms a run +requests\/s/);
    expect(stdout).toMatch(/^injection +4\.17 +\d+\.\d( +\d+\.\d\d M){3}$/m);
    expect(stdout).toMatch(/^drain +4\.17 /m);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('counts what the run counts, and writes no results', () => {
    const words = ['rfc-2018/injection', '-V', 'pool-5.4', '-s', 'load.0.params.attempts=200'];
    const { stdout } = gfpsim(['bench', ...words, '--rounds', '1', '--format', 'json']);
    const { rounds, loads } = JSON.parse(stdout) as Bench;
    expect({ rounds, loads: loads.length }).toEqual({ rounds: 1, loads: 1 });
    expect(loads[0]).toMatchObject({ load: 'injection', variant: 'pool-5.4', requests: 200 });
    expect(loads[0]!.cpuNs).toBeGreaterThan(0);
  });

  it.each([
    [['--rounds', '0'], /--rounds '0' is not a count; expected a whole number from 1 to 1000/],
    [['rfc-2018/drian'], /did you mean 'rfc-2018\/drain'/],
  ])('refuses %j', (words, message) => {
    const { status, stderr } = gfpsim(['bench', ...words]);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });
});

interface Bench {
  readonly rounds: number;
  readonly loads: readonly { readonly cpuNs: number }[];
}
