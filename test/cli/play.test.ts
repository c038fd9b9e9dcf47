import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changedProgram } from './built-copy.ts';
import { emptyFolder, gfpsim, ROOT, runProgram } from './gfpsim.ts';

const MOST_BYTES = 400 * 1024;
const SNAPSHOT = join(ROOT, 'scenarios/machines/qemu-128M-4.17');

/** What the page is told to begin with. */
function ownPart(page: string): unknown {
  return JSON.parse(/id="own">(.*?)<\/script>/s.exec(page)?.[1] ?? '');
}

function scenarioIn(folder: string, machine: string): void {
  const lines = ['question: </script>?', 'kernel: "4.17"', `machine: ${machine}`];
  const load = 'load: [{ workload: drain }]';
  writeFileSync(join(folder, 'mine.yaml'), [...lines, load, ''].join('\n'));
}

describe('play', () => {
  it('writes one file, small enough to be mailed, that names no other', () => {
    const folder = emptyFolder();
    const { status, stdout, stderr } = gfpsim(['play'], folder);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toContain('wrote playground.html');
    const page = readFileSync(join(folder, 'playground.html'), 'utf8');
    expect(page.length).toBeLessThanOrEqual(MOST_BYTES);
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/(src|href)="(?!data:)/);
    expect(ownPart(page)).toBeNull();
  });

  it('takes a bundled scenario by its name', () => {
    const { status, stdout } = gfpsim(['play', 'rfc-2018/drain', '-o', '-']);
    expect(status).toBe(0);
    expect(ownPart(stdout)).toEqual({ scenario: 'rfc-2018/drain', files: {} });
  });

  it('takes a scenario of the user with its text, and a bundled machine by its name', () => {
    const folder = emptyFolder();
    scenarioIn(folder, `{ procfs: ${SNAPSHOT} }`);
    const { status, stdout } = gfpsim(['play', 'mine.yaml', '-o', '-'], folder);
    expect(status).toBe(0);
    const own = ownPart(stdout) as { scenario: string; files: Record<string, string> };
    expect(own.scenario).toBe('mine.yaml');
    expect(own.files['mine.yaml']).toContain('procfs: machines/qemu-128M-4.17');
    expect(own.files['mine.yaml']).toContain('question: </script>?');
  });

  it('refuses what a page cannot hold, and writes nothing', () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'zoneinfo'), readFileSync(join(SNAPSHOT, 'zoneinfo'), 'utf8'));
    scenarioIn(folder, '{ procfs: zoneinfo }');
    const { status, stderr } = gfpsim(['play', 'mine.yaml', '-o', 'page.html'], folder);
    expect(status).toBe(2);
    expect(stderr).toContain("mine.yaml: the page cannot hold the copies of /proc in 'zoneinfo'");
    expect(existsSync(join(folder, 'page.html'))).toBe(false);
  });

  it('holds one scenario, and one that is right', () => {
    const several = gfpsim(['play', 'rfc-2018', '-o', '-']);
    expect(several.status).toBe(2);
    expect(several.stderr).toContain("'rfc-2018' is 4 scenarios");
    const folder = emptyFolder();
    scenarioIn(folder, '{ memory: 64 }');
    const wrong = gfpsim(['play', 'mine.yaml', '-o', '-'], folder);
    expect(`${wrong.status} ${wrong.stderr}`).toMatch(/^2 .*mine\.yaml:3:\d+: machine\.memory/s);
    expect(wrong.stdout).toBe('');
  });

  it('says what to do where it was not built', () => {
    const program = changedProgram('cli/version.js', 'findRoot', 'findRoot');
    const { status, stderr } = runProgram(program, ['play', '-o', '-']);
    expect(status).toBe(2);
    expect(stderr).toContain('the playground is not built; npm run build');
  });
});
