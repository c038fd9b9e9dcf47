import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyFolder, gfpsim } from './gfpsim.ts';

const SHORT = ['-s', 'load.0.params.attempts=500'];
const words = ['run', 'rfc-2018/injection', '-r', '3', '-V', 'quiet-2011,pool-5.4', ...SHORT];

describe('a page', () => {
  const folder = emptyFolder();
  const file = join(folder, 'page.html');
  const made = gfpsim([...words, '-o', folder, '--format', 'html', '--export', `html=${file}`]);

  it('is complete in itself, and the same as an export', () => {
    expect(made.status).toBe(0);
    expect(made.stdout).toBe(readFileSync(file, 'utf8'));
    expect(made.stdout).not.toMatch(/<script|<link|src=|url\(|@import/);
    expect(made.stdout.replaceAll('http://www.w3.org/2000/svg', '')).not.toContain('//');
  });

  it('shows free pages over time for each variant, and how long kmemleak lived', () => {
    expect(made.stdout).toContain('<h3>Free pages over time</h3>');
    expect(made.stdout).toMatch(
      /<desc>quiet-2011: kmemleak died at [^;]*; pool-5.4: kmemleak lived/,
    );
  });

  it('of stored results runs nothing, and so has no course', () => {
    const { status, stdout } = gfpsim(['report', join(folder, 'injection'), '--format', 'html']);
    expect(status).toBe(0);
    expect(stdout).toContain('<h3>kmemleak_alive</h3>');
    expect(stdout).not.toContain('Free pages over time');
  });
});
