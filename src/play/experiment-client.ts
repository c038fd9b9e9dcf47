import type { Answer, Question } from './protocol.ts';

/**
 * The page's side of the worker. A worker at work cannot be told to stop: it is ended, and the
 * next one, already awake, takes the new question.
 */
export class ExperimentClient {
  readonly #program: string;
  readonly #listen: (answer: Answer) => void;
  #next: Worker;
  #working: Worker | null = null;

  constructor(program: string, listen: (answer: Answer) => void) {
    this.#program = program;
    this.#listen = listen;
    this.#next = new Worker(program);
  }

  ask(question: Question): void {
    this.stop();
    const worker = this.#next;
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (worker === this.#working) this.#listen(data);
    };
    worker.onerror = ({ message }) => {
      if (worker === this.#working) this.#listen({ kind: 'fault', message });
    };
    this.#working = worker;
    worker.postMessage(question);
    this.#next = new Worker(this.#program);
  }

  stop(): void {
    this.#working?.terminate();
    this.#working = null;
  }
}
