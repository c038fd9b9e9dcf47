import { alignTable } from '../../src/report/table.ts';
import { median, sample, sampleInRounds } from './rounds.ts';
import type { HoldSample } from './samples.ts';

const COMPETITORS = ['ladder', 'flatqueue'];

/** The event queue beside flatqueue, which keeps no ties in order and carries one number. */
export function benchQueue(rounds: number, share: number): string[] {
  const rows = [100, 1000, 10_000, 100_000].map((pending) => row(pending, rounds, share));
  return [
    'event queue: take the first event out, schedule it later (exponential)',
    ...alignTable(
      [['pending', 'ns', 'flatqueue, ns', 'times as fast', 'lowest', 'highest'], ...rows],
      ['right', 'right', 'right', 'right', 'right', 'right'],
    ),
  ];
}

function row(pending: number, rounds: number, share: number): string[] {
  const samples = sampleInRounds(COMPETITORS, rounds, (queue) =>
    sample<HoldSample>(['hold', queue, pending, share]),
  );
  const [ladder, flatqueue] = COMPETITORS.map((name) => samples.get(name)!);
  const checksums = new Set([...ladder!, ...flatqueue!].map(({ checksum }) => checksum));
  if (checksums.size > 1) throw new Error('the queues do not give the same times');
  const ratios = ladder!.map(({ nsPerHold }, round) => flatqueue![round]!.nsPerHold / nsPerHold);
  const ns = [ladder!, flatqueue!].map((all) => median(all.map(({ nsPerHold }) => nsPerHold)));
  const figures = [median(ratios), Math.min(...ratios), Math.max(...ratios)];
  return [
    String(pending),
    ...ns.map((value) => value.toFixed(1)),
    ...figures.map((ratio) => ratio.toFixed(2)),
  ];
}
