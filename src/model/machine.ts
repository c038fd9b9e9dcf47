import { assert } from '../base/assert.ts';
import type { RandomStreams } from '../engine/random-streams.ts';
import { Simulation, type World } from '../engine/simulation.ts';
import { buildKmemleak } from './build-kmemleak.ts';
import { buildScan } from './build-scan.ts';
import { buildQuiescence, buildScheduler } from './build-scheduler.ts';
import { buildTasks, markersOf, mostPagesOf, type TaskSpec } from './build-tasks.ts';
import {
  GRACE_PERIOD_END,
  INTERRUPT,
  IO_DONE,
  KMEMLEAK_CLEAN_UP,
  SLEEP_OVER,
  TASK_RESUME,
  TASK_STEP,
} from './event-kind.ts';
import type { Kmemleak, KmemleakEvents, KmemleakMoment } from './kmemleak/kmemleak.ts';
import type { LeakScan } from './kmemleak/leak-scan.ts';
import { LivelockLog } from './livelock-log.ts';
import type { MachineConfig } from './machine-config.ts';
import { buildParts, type MachineParts } from './machine-parts.ts';
import type { LeakReadings, MachineReadings } from './machine-readings.ts';
import { OP_ALLOCATE, OP_END, OP_IDLE } from './operation.ts';
import { OperationRunner } from './operation-runner.ts';
import { NEVER, SLEEP, type SlowPath } from './page-source.ts';
import { readMachine } from './read-machine.ts';
import type { BlockDevice } from './reclaim/block-device.ts';
import { RunRecord } from './run-record.ts';
import { DeadEnd } from './sched/dead-end.ts';
import { Interrupts } from './sched/interrupts.ts';
import type { Quiescence } from './sched/quiescence.ts';
import type { Scheduler } from './sched/scheduler.ts';
import { Task } from './sched/task.ts';
import { ROLE_OTHER, TaskContext } from './sched/task-context.ts';
import { THREAD_ENDED, THREAD_STUCK, Thread } from './sched/thread.ts';
import { TimeSeries } from './time-series.ts';
import { userTaskOf } from './user/build-user.ts';
import { planUsers } from './user/user-plan.ts';

/** A worker starts this long after it was asked for, ns: a guess, one wake-up. */
const WORKER_DELAY_NS = 10_000;

/**
 * The machine: it builds the parts, runs tasks and kernel threads and dispatches events.
 * `handle` is the model's table of contents.
 *
 * Models: a kernel whose only activity is the load's.
 * Departs: while any task keeps interrupts off, neither grace periods end nor workers run, on
 * whichever CPU.
 */
export class Machine implements World, KmemleakEvents {
  readonly parts: MachineParts;
  readonly kmemleak: Kmemleak;
  readonly tasks: readonly Task[];
  readonly record: RunRecord;
  readonly scheduler: Scheduler;
  readonly livelocks: LivelockLog;
  /** Every page is counted after every event. */
  debug = false;
  readonly #config: MachineConfig;
  readonly #simulation = new Simulation();
  readonly #operations: OperationRunner;
  readonly #scan: LeakScan | null;
  readonly #interrupts: Interrupts;
  readonly #deadEnd: DeadEnd;
  readonly #quiescence: Quiescence;
  readonly #series: TimeSeries | null;
  /** The context of grace periods and workers. */
  readonly #background = new TaskContext();
  /** The run ends when these have ended: all tasks but those in the background, if any. */
  readonly #awaited: ReadonlySet<Task>;
  #tasksLeft: number;
  #interruptsOffTasks: number;
  #waitingGracePeriod = false;
  #waitingCleanUp = false;

  constructor(config: MachineConfig, specs: readonly TaskSpec[], streams: RandomStreams) {
    const classes = specs.flatMap((spec) => spec.source.classes);
    this.#config = config;
    const sources = specs.map((spec) => spec.source);
    const plan = planUsers(sources, config.processes ?? [], mostPagesOf(config));
    const load = {
      classes: classes.length,
      users: plan,
      timers: this.#simulation,
      currentOn: (cpu: number) => this.scheduler.cpus[cpu]!.current?.context ?? null,
    };
    this.parts = buildParts(config, load, streams);
    this.kmemleak = buildKmemleak(config, this.parts, classes, this);
    this.parts.storage.nested.attach(this.parts.slab, this.kmemleak, this.parts.pages);
    this.tasks = buildTasks(specs, this.parts.memory.zones);
    this.record = new RunRecord(this.parts, classes);
    this.scheduler = buildScheduler(config, streams, this.#simulation);
    for (const task of this.tasks) this.scheduler.add(task);
    const { parts, kmemleak, record } = this;
    const timers = this.#simulation;
    const users = this.tasks.map(({ id }) => userTaskOf(plan, parts.users, id));
    for (const [id, { mm }] of users.entries()) mm?.tasks.push(this.tasks[id]!.context);
    this.#scan = buildScan(config, parts, kmemleak, { timers, tasks: specs.length });
    const scan = this.#scan;
    const markers = markersOf(classes, config);
    const machine = { parts, kmemleak, record, timers, users, scan, ...markers };
    this.#operations = new OperationRunner(machine);
    this.#deadEnd = new DeadEnd(this.scheduler, timers);
    this.#quiescence = buildQuiescence(config, this.scheduler, streams, timers);
    this.#interrupts = new Interrupts(this.scheduler, this.#operations, timers);
    this.#background.role = ROLE_OTHER;
    const isAwaited = ({ source }: Task) => !source.background && !source.interrupt;
    const awaited = this.tasks.filter(isAwaited);
    this.#awaited = new Set(awaited.length > 0 ? awaited : this.tasks);
    this.#tasksLeft = this.#awaited.size;
    this.#interruptsOffTasks = specs.filter((spec) => spec.source.interruptsOff).length;
    this.livelocks = new LivelockLog(timers, classes);
    parts.pages.rounds.loops.watch = this.livelocks;
    const { samplePeriodNs } = config;
    this.#series = samplePeriodNs === undefined ? null : new TimeSeries(parts, samplePeriodNs);
    this.#startKthreads();
  }

  get nowNs(): number {
    return this.#simulation.nowNs;
  }

  /** Runs until every task has ended, or until the horizon. */
  run(horizonNs: number): void {
    for (const task of this.tasks) this.#begin(task);
    this.#simulation.run(this, horizonNs);
    for (const task of this.tasks) this.#noteUnfinished(task);
    this.#series?.catchUp(this.nowNs);
  }

  handle(kind: number, a: number, b: number): void {
    const series = this.#series;
    if (series !== null && series.dueNs <= this.nowNs) series.catchUp(this.nowNs);
    switch (kind) {
      case TASK_STEP:
        this.#step(this.tasks[a]!);
        break;
      case TASK_RESUME:
        this.#resume(this.scheduler.threads[a]!);
        break;
      case SLEEP_OVER:
        this.scheduler.sleepOver(this.scheduler.threads[a]!);
        break;
      case INTERRUPT:
        this.#interrupt(this.tasks[a]!);
        break;
      case IO_DONE:
        this.#completeIo(this.parts.storage.devices[a]!, b);
        break;
      case GRACE_PERIOD_END:
        if (this.#quiescence.isOver()) this.kmemleak.gracePeriodEnded(this.#background);
        break;
      case KMEMLEAK_CLEAN_UP:
        this.kmemleak.cleanUp();
        break;
      default:
        assert(false, 'unknown event kind');
    }
    if (this.debug) this.assertConservation();
  }

  /** Plain data: what happened. */
  readings(): MachineReadings {
    return readMachine({
      config: this.#config,
      parts: this.parts,
      kmemleak: this.kmemleak.readings(),
      record: this.record,
      simulation: this.#simulation,
      awaited: [...this.#awaited],
      livelocks: this.livelocks.readings(),
      series: this.#series?.readings() ?? null,
      leaks: this.#leakReadings(),
    });
  }

  #leakReadings(): LeakReadings {
    const found = this.#scan?.readings() ?? { scans: 0, reported: 0, falsePositives: 0 };
    return { ...found, planted: this.#operations.leaksPlanted };
  }

  /** Every managed page is in exactly one place. */
  assertConservation(): void {
    const { memory, pages } = this.parts;
    let counted = memory.keptByBoot + pages.pagesInUse + memory.pcp.pages();
    counted += this.parts.reclaim.shrinkers.pages;
    let managed = 0;
    for (const zone of memory.zones) {
      counted += zone.freePages + memory.lru.pagesOf(zone);
      managed += zone.managed;
    }
    assert(counted === managed, 'pages are lost or doubled');
  }

  onMoment(moment: KmemleakMoment): void {
    this.record.mark(moment, this.#simulation.nowNs);
  }

  startGracePeriod(delayNs: number): void {
    if (this.#interruptsOffTasks > 0) this.#waitingGracePeriod = true;
    else this.#quiescence.begin(delayNs);
  }

  startCleanUp(): void {
    if (this.#interruptsOffTasks > 0) this.#waitingCleanUp = true;
    else this.#simulation.after(WORKER_DELAY_NS, KMEMLEAK_CLEAN_UP, 0, 0);
  }

  #startKthreads(): void {
    const { reclaim, users, user, storage } = this.parts;
    this.#addKthread('kswapd0', reclaim.kswapd.context, reclaim.kswapd.run());
    const reaper = kthreadContext();
    this.#addKthread('oom_reaper', reaper, users.reaper.run(user, reaper));
    const { writeback } = storage;
    if (writeback !== null) this.#addKthread('flush', writeback.context, writeback.run());
    const gatherer = kthreadContext();
    const gathering = this.kmemleak.reserveThread(gatherer);
    if (gathering !== null) this.#addKthread('kmemleak_pool', gatherer, gathering);
    if (this.#scan === null) return;
    const scanner = kthreadContext();
    this.#addKthread('kmemleak', scanner, this.#scan.run(scanner));
  }

  /** A thread that is one slow path for all its life; it goes to sleep before anything else. */
  #addKthread(name: string, context: TaskContext, life: SlowPath): void {
    const thread = new Thread(this.scheduler.threads.length, name, context);
    thread.slowPath = life;
    const first = life.next();
    assert(first.value === SLEEP && first.done !== true, 'a kernel thread starts asleep');
    this.scheduler.addAsleep(thread, context.sleepNs);
  }

  #begin(task: Task): void {
    const { operation, source } = task;
    source.next(operation, task);
    if (source.interrupt === true) this.#interrupts.expect(task);
    else if (operation.kind === OP_END) this.#retire(task, THREAD_ENDED);
    else this.scheduler.start(task, operation.thinkNs, TASK_STEP);
  }

  #step(task: Task): void {
    if (!this.scheduler.mayGoOn(task)) return;
    const { context, operation } = task;
    context.killable = false;
    if (context.fatalSignal) {
      this.#leave(task);
      return;
    }
    if (operation.restNs > 0 || operation.notBeforeNs > this.nowNs) {
      this.#rest(task);
      return;
    }
    context.spentNs = 0;
    const slowPath = this.#operations.start(task);
    if (slowPath === null) this.#fetchNext(task);
    else this.#block(task, slowPath);
  }

  /** It sleeps before its operation. */
  #rest(task: Task): void {
    const { operation } = task;
    const paceNs = operation.notBeforeNs - this.nowNs;
    const ns = Math.max(operation.restNs, paceNs);
    operation.restNs = 0;
    task.context.killable = true;
    this.scheduler.sleep(task, ns, TASK_STEP);
  }

  #block(task: Task, slowPath: SlowPath): void {
    task.slowPath = slowPath;
    task.blockedSinceNs = this.nowNs;
    this.#goOn(task);
  }

  #resume(thread: Thread): void {
    if (this.scheduler.mayGoOn(thread)) this.#goOn(thread);
  }

  /** Goes on in the slow path up to its next wait, or to its end. */
  #goOn(thread: Thread): void {
    const { context } = thread;
    const step = thread.slowPath!.next();
    if (step.done === true) this.#finish(thread);
    else if (step.value === NEVER) this.#retire(thread, THREAD_STUCK);
    else if (step.value === SLEEP) this.scheduler.sleep(thread, context.sleepNs, TASK_RESUME);
    else {
      this.scheduler.goOnAfter(thread, step.value + context.spentNs, TASK_RESUME);
      context.spentNs = 0;
    }
    if (this.parts.pages.rounds.loops.open > 0 && this.#deadEnd.isReached())
      this.#simulation.stop();
    if (this.parts.pages.rounds.oomKillsAsked > 0) this.#simulation.stop();
  }

  /** The slow path of an operation is over. */
  #finish(thread: Thread): void {
    thread.slowPath = null;
    if (!(thread instanceof Task) || thread.isExiting) {
      this.#retire(thread, THREAD_ENDED);
      return;
    }
    this.#noteStall(thread);
    this.#fetchNext(thread);
  }

  /** What a task is blocked by when the run is over has lasted that long at least. */
  #noteUnfinished(task: Task): void {
    if (task.slowPath === null || task.isExiting) return;
    this.#noteStall(task);
    const { gfpClass } = task.context;
    const metadataNs = this.nowNs - task.metadataSinceNs;
    if (metadataNs >= 0) this.record.metadataStall(gfpClass, metadataNs);
  }

  #noteStall(task: Task): void {
    const stallNs = this.nowNs - task.blockedSinceNs;
    if (task.operation.kind === OP_ALLOCATE) this.record.stall(task.context.gfpClass, stallNs);
    else this.record.accessStall(stallNs);
  }

  /** The next operation starts when this one's time and the think time have passed. */
  #fetchNext(task: Task): void {
    const { context, operation, source } = task;
    this.record.noteFree();
    source.next(operation, task);
    task.kernelNs = context.spentNs;
    if (operation.kind === OP_END) {
      this.#leave(task);
      return;
    }
    if (operation.kind === OP_IDLE) {
      operation.restNs = operation.thinkNs;
      operation.thinkNs = 0;
    }
    this.scheduler.goOnAfter(task, context.spentNs + operation.thinkNs, TASK_STEP);
  }

  /** Killed, or done: a process gives its memory back first. */
  #leave(task: Task): void {
    if (task.source.process === undefined) {
      this.#retire(task, THREAD_ENDED);
      return;
    }
    task.isExiting = true;
    task.slowPath = this.#operations.exit(task);
    this.#goOn(task);
  }

  #completeIo(device: BlockDevice, request: number): void {
    const cpu = this.scheduler.cpus[device.cpuOf(request)]!;
    this.scheduler.steal(cpu, this.#config.costs.completeIoNs);
    device.complete(request);
  }

  #interrupt(source: Task): void {
    this.#interrupts.arrive(source);
    this.record.noteFree();
    if (source.operation.kind === OP_END) this.#retire(source, THREAD_ENDED);
  }

  #retire(thread: Thread, state: number): void {
    this.scheduler.retire(thread, state);
    if (!(thread instanceof Task)) return;
    if (this.#awaited.has(thread)) this.#tasksLeft--;
    if (this.#tasksLeft === 0) this.#simulation.stop();
    if (!thread.source.interruptsOff) return;
    this.#interrupts.enabled(thread.context.cpu);
    this.#interruptsOffTasks--;
    if (this.#interruptsOffTasks > 0) return;
    if (this.#waitingGracePeriod) this.startGracePeriod(this.#config.kmemleak.gracePeriodNs);
    if (this.#waitingCleanUp) this.startCleanUp();
  }
}

/** The context of a kernel thread. */
function kthreadContext(): TaskContext {
  const context = new TaskContext();
  context.isKthread = true;
  context.role = ROLE_OTHER;
  return context;
}
