import {
  GRACE_PERIOD_END,
  INTERRUPT,
  IO_DONE,
  KMEMLEAK_CLEAN_UP,
  SLEEP_OVER,
  TASK_RESUME,
  TASK_STEP,
} from '../model/event-kind.ts';
import { Machine } from '../model/machine.ts';
import { VMSTAT_NAMES } from '../model/vmstat.ts';
import type { ResolvedRun } from '../scenario/resolve.ts';
import { RequestLog } from './request-log.ts';

const NAMES: Readonly<Record<number, string>> = {
  [TASK_STEP]: 'task_step',
  [TASK_RESUME]: 'task_resume',
  [GRACE_PERIOD_END]: 'rcu_grace_period_end',
  [KMEMLEAK_CLEAN_UP]: 'kmemleak_do_cleanup',
  [SLEEP_OVER]: 'sleep_over',
  [INTERRUPT]: 'irq_handler_entry',
  [IO_DONE]: 'block_rq_complete',
};

/**
 * A machine that tells every event in ftrace's text form, so that the eyes and scripts made for
 * that can read it: who, on which CPU, when, what, and which vmstat counters it moved; below it the
 * requests and frees of the loads that it ended, as the kernel's kmem events.
 *
 *   load 0-1      [000] ....     0.001234: task_step: pgalloc_dma32=1
 *   load 0-1      [000] ....     0.001234: kmalloc: call_site=load_0 ptr=… bytes_req=64 …
 */
export class LoggedMachine extends Machine {
  readonly #tell: (line: string) => void;
  readonly #counts = new Float64Array(VMSTAT_NAMES.length);
  readonly #requests: RequestLog;

  constructor({ config, tasks, streams }: ResolvedRun, tell: (line: string) => void) {
    const requests = new RequestLog(config.kernel);
    super(
      config,
      tasks.map((spec, id) => requests.watched(spec, id)),
      streams,
    );
    this.#tell = tell;
    this.#requests = requests;
  }

  override handle(kind: number, a: number, b: number): void {
    const atNs = this.nowNs;
    const head = this.#headOf(kind, a);
    super.handle(kind, a, b);
    const moved = this.#moved();
    const what = moved === '' ? '' : ` ${moved}`;
    const when = `${head} ${secondsOf(atNs).padStart(12)}`;
    this.#tell(`${when}: ${NAMES[kind] ?? kind}:${what}`);
    for (const line of this.#requests.take()) this.#tell(`${when}: ${line}`);
  }

  /** `comm-pid [cpu] flags`, as far as there is one. */
  #headOf(kind: number, a: number): string {
    const isDevice = kind === IO_DONE;
    const isThread = !isDevice && kind !== GRACE_PERIOD_END && kind !== KMEMLEAK_CLEAN_UP;
    const thread = isThread ? this.scheduler.threads[a] : undefined;
    const comm = thread === undefined ? '<idle>-0' : `${thread.name}-${thread.id + 1}`;
    const cpu = thread?.context.cpu ?? 0;
    const irq = thread?.context.interruptsOff === true ? 'd' : '.';
    return `${comm.padStart(20)} [${String(cpu).padStart(3, '0')}] ${irq}...`;
  }

  #moved(): string {
    const { vmstat } = this.parts.memory;
    const moved: string[] = [];
    for (let i = 0; i < this.#counts.length; i++) {
      const count = vmstat.count(i);
      if (count !== this.#counts[i]) moved.push(`${VMSTAT_NAMES[i]}=${count - this.#counts[i]!}`);
      this.#counts[i] = count;
    }
    return moved.join(' ');
  }
}

/** Whole microseconds, as ftrace prints them. */
function secondsOf(ns: number): string {
  const us = Math.floor(ns / 1000);
  return `${Math.floor(us / 1_000_000)}.${String(us % 1_000_000).padStart(6, '0')}`;
}
