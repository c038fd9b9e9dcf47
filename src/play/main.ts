// One program for the page and for its worker: the page starts the worker from its own text. Each
// evaluates what it needs when it needs it: the page can draw a run before it could make one.

if (typeof document === 'undefined') {
  void import('./worker.ts').then(({ startWorker }) => startWorker());
} else {
  void import('./opening.ts').then(({ openPage }) => openPage());
}
