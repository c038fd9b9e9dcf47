import { config } from 'zod';
import { startPage } from './page.ts';
import { startWorker } from './worker.ts';

// One program for the page and for its worker: the page starts the worker from its own text.

// Without this the schemas try to compile functions, which the page's policy refuses.
config({ jitless: true });

if (typeof document === 'undefined') startWorker();
else startPage();
