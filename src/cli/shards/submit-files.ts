/** A batch that is to be made in parts, as its submit file needs it. */
export interface SubmittedBatch {
  /** The command that makes all of it, from its first word on. */
  readonly words: readonly string[];
  readonly name: string;
  /** The folder of its results. */
  readonly out: string;
  readonly shards: number;
}

/** What hands out the parts of a batch, by the name of its format. */
export const SUBMIT_FILES: Readonly<Record<string, (batch: SubmittedBatch) => string>> = {
  slurm,
  'github-matrix': githubMatrix,
  k8s,
  parallel,
};

const PROGRAM = 'npx gfpsim';

function slurm(batch: SubmittedBatch): string {
  return lines(
    '#!/bin/sh',
    `# A job array of ${batch.shards}: sbatch this file, in the folder of gfpsim. To join what`,
    '# they have made when all have succeeded, JOB being the number that sbatch tells:',
    `#   sbatch --dependency=afterok:JOB --wrap=${quoted(mergeOf(batch))}`,
    `#SBATCH --job-name=gfpsim-${batch.name}`,
    `#SBATCH --array=1-${batch.shards}`,
    '#SBATCH --cpus-per-task=1',
    '#SBATCH --output=%x-%a.log',
    `exec ${runOf(batch, 'auto')} -j "\${SLURM_CPUS_PER_TASK:-1}"`,
  );
}

function githubMatrix(batch: SubmittedBatch): string {
  const { name, out, shards } = batch;
  const numbers = Array.from({ length: shards }, (_, i) => i + 1).join(', ');
  const setUp = [
    '      - uses: actions/checkout@v4',
    '      - uses: actions/setup-node@v4',
    '        with: { node-version: 20 }',
    '      - run: npm ci && npm run build',
  ];
  return lines(
    `# A workflow for a repository with gfpsim: ${shards} jobs make the runs, one joins them.`,
    `name: ${name}`,
    'on: workflow_dispatch',
    'jobs:',
    '  shard:',
    '    runs-on: ubuntu-latest',
    '    strategy:',
    `      matrix: { shard: [${numbers}] }`,
    '    steps:',
    ...setUp,
    `      - run: ${yamlText(`${runOf(batch, `\${{ matrix.shard }}/${shards}`)} -q`)}`,
    '      - uses: actions/upload-artifact@v4',
    `        with: { name: 'shard-\${{ matrix.shard }}', path: ${yamlText(`${out}/*.shard`)} }`,
    '  merge:',
    '    needs: shard',
    '    runs-on: ubuntu-latest',
    '    steps:',
    ...setUp,
    '      - uses: actions/download-artifact@v4',
    `        with: { pattern: shard-*, merge-multiple: true, path: ${yamlText(out)} }`,
    `      - run: ${yamlText(`${mergeOf(batch)} --format job-summary >>"$GITHUB_STEP_SUMMARY"`)}`,
  );
}

function k8s(batch: SubmittedBatch): string {
  const { name, shards } = batch;
  const label = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const command = `exec ${runOf(batch, 'auto')} -j 1`;
  return lines(
    `# An indexed job of ${shards}. IMAGE has gfpsim as its working folder, and CLAIM is a volume`,
    `# that all of them write to. When it is complete: ${mergeOf(batch)}`,
    'apiVersion: batch/v1',
    'kind: Job',
    `metadata: { name: 'gfpsim-${label}' }`,
    'spec:',
    `  completions: ${shards}`,
    `  parallelism: ${shards}`,
    '  completionMode: Indexed',
    '  backoffLimit: 3',
    '  template:',
    '    spec:',
    '      restartPolicy: Never',
    '      containers:',
    '        - name: gfpsim',
    '          image: IMAGE',
    `          command: [sh, -c, ${yamlText(command)}]`,
    `          env: [{ name: GFPSIM_SHARD_TOTAL, value: '${shards}' }]`,
    `          volumeMounts: [{ name: results, mountPath: ${yamlText(`/gfpsim/${batch.out}`)} }]`,
    '          workingDir: /gfpsim',
    '      volumes:',
    '        - name: results',
    '          persistentVolumeClaim: { claimName: CLAIM }',
  );
}

/** For GNU parallel: on this machine, or with --sshlogin on others. */
function parallel(batch: SubmittedBatch): string {
  const { shards } = batch;
  const each = `${runOf(batch, `{}/${shards}`)} -j 1 -q`;
  return lines(
    '#!/bin/sh -e',
    `# ${shards} shards, as many at once as there are CPUs, then all of them joined.`,
    `parallel --halt now,fail=1 ${quoted(each)} ::: $(seq ${shards}) >&2`,
    `exec ${mergeOf(batch)}`,
  );
}

function runOf({ words }: SubmittedBatch, shard: string): string {
  const shown = /^[\w./${} -]+$/.test(shard) ? shard : quoted(shard);
  return [PROGRAM, ...words.map(quoted), '--shard', shown].join(' ');
}

function mergeOf({ name, out, shards }: SubmittedBatch): string {
  const place = out === 'results' ? '' : ` -o ${quoted(out)}`;
  return `${PROGRAM} merge ${quoted(`${out}/${name}`)}.*-of-${shards}.shard${place}`;
}

/** As a shell takes it for one word. */
export function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function yamlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function lines(...all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
