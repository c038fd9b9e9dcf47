import { UserError } from '../../base/user-error.ts';
import { EXIT_INTERRUPTED, EXIT_TERMINATED } from '../exit-codes.ts';

/** Notes SIGINT and SIGTERM, so that work ends between two steps; a second one ends it at once. */
export class Signals {
  #exitCode = 0;
  readonly #onStop: () => void;
  readonly #interrupt = () => this.#note(EXIT_INTERRUPTED);
  readonly #terminate = () => this.#note(EXIT_TERMINATED);

  /** `onStop` is called once, at the first signal. */
  constructor(onStop: () => void = () => {}) {
    this.#onStop = onStop;
    process.on('SIGINT', this.#interrupt);
    process.on('SIGTERM', this.#terminate);
  }

  get stopped(): boolean {
    return this.#exitCode !== 0;
  }

  throwIfAny(message: string): void {
    if (this.stopped) throw new UserError(message, { exitCode: this.#exitCode });
  }

  stop(): void {
    process.off('SIGINT', this.#interrupt);
    process.off('SIGTERM', this.#terminate);
  }

  #note(exitCode: number): void {
    if (this.stopped) process.exit(exitCode);
    this.#exitCode = exitCode;
    this.#onStop();
  }
}
