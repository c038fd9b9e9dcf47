import { describe, expect, it } from 'vitest';
import { Fingerprint } from '../../src/engine/fingerprint.ts';
import { Simulation, type World } from '../../src/engine/simulation.ts';

/** Writes down what happens, and may do something about it. */
class Diary implements World {
  readonly lines: string[] = [];
  readonly simulation = new Simulation();
  react: (kind: number) => void = () => {};

  handle(kind: number, a: number, b: number): void {
    this.lines.push(`${this.simulation.nowNs}: ${kind} ${a} ${b}`);
    this.react(kind);
  }

  run(untilNs = Number.POSITIVE_INFINITY): string[] {
    this.simulation.run(this, untilNs);
    return this.lines;
  }
}

describe('Simulation', () => {
  it('handles events by time, those of one time as they were scheduled', () => {
    const diary = new Diary();
    diary.simulation.schedule(20, 1, 0, 0);
    diary.simulation.schedule(10, 2, 7, 8);
    diary.simulation.schedule(10, 3, 0, 0);
    diary.react = (kind) => {
      if (kind === 2) diary.simulation.after(0, 4, 0, 0);
    };
    expect(diary.run()).toEqual(['10: 2 7 8', '10: 3 0 0', '10: 4 0 0', '20: 1 0 0']);
    expect([diary.simulation.nowNs, diary.simulation.events]).toEqual([20, 4]);
  });

  it('ends at the horizon, the events there included, and goes on from it', () => {
    const diary = new Diary();
    for (const time of [10, 20, 21]) diary.simulation.schedule(time, time, 0, 0);
    expect(diary.run(20)).toEqual(['10: 10 0 0', '20: 20 0 0']);
    expect(diary.simulation.nowNs).toBe(20);
    diary.run(100);
    expect(diary.lines.at(-1)).toBe('21: 21 0 0');
    expect(diary.simulation.nowNs).toBe(100);
  });

  it('stops with the event in hand', () => {
    const diary = new Diary();
    for (const time of [1, 2, 3]) diary.simulation.schedule(time, time, 0, 0);
    diary.react = (kind) => {
      if (kind === 2) diary.simulation.stop();
    };
    expect(diary.run(50)).toHaveLength(2);
    expect(diary.simulation.nowNs).toBe(2);
    expect(diary.run(50)).toHaveLength(3);
  });

  it('forgets what is cancelled, once', () => {
    const diary = new Diary();
    const handle = diary.simulation.schedule(5, 1, 0, 0);
    expect([diary.simulation.cancel(handle), diary.simulation.cancel(handle)]).toEqual([
      true,
      false,
    ]);
    expect(diary.run()).toEqual([]);
  });

  it('knows no past', () => {
    const diary = new Diary();
    diary.run(10);
    expect(() => diary.simulation.schedule(9, 1, 0, 0)).toThrow('past');
    expect(() => diary.run(9)).toThrow('past');
  });
});

describe('Fingerprint', () => {
  const of = (...events: readonly [number, number, number, number][]) => {
    const fingerprint = new Fingerprint();
    for (const event of events) fingerprint.event(...event);
    return fingerprint.hex();
  };

  it('is equal for equal events in equal order only', () => {
    expect(of([1, 2, 3, 4], [5, 6, 7, 8])).toBe(of([1, 2, 3, 4], [5, 6, 7, 8]));
    expect(of([1, 2, 3, 4], [5, 6, 7, 8])).not.toBe(of([5, 6, 7, 8], [1, 2, 3, 4]));
    expect(of()).not.toBe(of([0, 0, 0, 0]));
  });

  it('sees each part of an event, and times beyond 32 bits', () => {
    const seen = new Set([
      of([2 ** 40, 1, 1, 1]),
      of([2 ** 40 + 1, 1, 1, 1]),
      of([2 ** 41, 1, 1, 1]),
      of([2 ** 40, 2, 1, 1]),
      of([2 ** 40, 1, 2, 1]),
      of([2 ** 40, 1, 1, 2]),
      of([2 ** 40, 1, -1, 1]),
    ]);
    expect(seen.size).toBe(7);
  });

  it('takes other whole numbers in, large ones too', () => {
    const seen = [0, 1, 2 ** 33, 2 ** 33 + 1, 2 ** 34].map((value) => {
      const fingerprint = new Fingerprint();
      fingerprint.ingest(value);
      return fingerprint.hex();
    });
    expect(new Set(seen).size).toBe(5);
  });
});
