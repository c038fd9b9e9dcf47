import type { Terminal } from '../terminal/terminal.ts';

const TICK_MS = 100;

/** How far a batch is, on a terminal: count, rate, time left. */
export class BatchProgress {
  readonly #terminal: Terminal;
  readonly #total: number;
  readonly #startMs = Date.now();
  #shownMs = 0;
  /** Runs made in this batch, and runs that were there. */
  made = 0;
  stored = 0;

  constructor(total: number, terminal: Terminal) {
    this.#total = total;
    this.#terminal = terminal;
  }

  get done(): number {
    return this.made + this.stored;
  }

  show(): void {
    const nowMs = Date.now();
    if (nowMs - this.#shownMs < TICK_MS) return;
    this.#shownMs = nowMs;
    this.#terminal.progress(progressLine(this, this.#total, nowMs - this.#startMs));
  }
}

/** `57/200 runs, 20 were there, 38.2/s, 4 s left`. */
export function progressLine(
  { made, stored }: { readonly made: number; readonly stored: number },
  total: number,
  elapsedMs: number,
): string {
  const done = made + stored;
  const there = stored === 0 ? '' : `, ${stored} were there`;
  if (made === 0 || elapsedMs <= 0) return `${done}/${total} runs${there}`;
  const rate = (1000 * made) / elapsedMs;
  const left = timeLeft((total - done) / rate);
  return `${done}/${total} runs${there}, ${rate.toFixed(1)}/s, ${left} left`;
}

function timeLeft(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 100) return `${whole} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
