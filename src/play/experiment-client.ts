import type { Answer, Question } from './protocol.ts';

/** What the loader leaves behind. */
export interface LoadedProgram {
  /** Of the program's text, for more workers. */
  readonly address: string;
  readonly worker: Worker;
  /** What the worker was asked while the page was still being built. */
  readonly question: Question;
  /** What it said meanwhile. */
  readonly heard: readonly Answer[];
}

/**
 * The page's side of the worker. A worker at work cannot be told to stop: it is ended, and the
 * next one, already awake, takes the new question.
 */
export class ExperimentClient {
  readonly #address: string;
  readonly #listen: (answer: Answer) => void;
  #next: Worker | null = null;
  #working: Worker | null = null;

  constructor({ address, worker }: LoadedProgram, listen: (answer: Answer) => void) {
    this.#address = address;
    this.#listen = listen;
    this.#hear(worker);
  }

  ask(question: Question): void {
    this.stop();
    const worker = this.#next ?? new Worker(this.#address);
    this.#next = null;
    this.#hear(worker);
    worker.postMessage(question);
  }

  stop(): void {
    this.#working?.terminate();
    this.#working = null;
  }

  #hear(worker: Worker): void {
    this.#working = worker;
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      // Not before there is something to see: two programs that start at once are both late.
      if (data.kind === 'run') this.#next ??= new Worker(this.#address);
      if (worker === this.#working) this.#listen(data);
    };
    worker.onerror = ({ message }) => {
      if (worker === this.#working) this.#listen({ kind: 'fault', message });
    };
  }
}
