import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { type FoldAnswer, type FoldRequest, foldedOf } from './fold-thread.js';
import type { FoldedView, Folder, FoldTask } from './view-folder.js';

/** Folds in threads, each of which takes the next task when it is done with one. */
export class FoldThreads implements Folder {
  private readonly threads: AskedThread[];

  /** @param threads that `answerFolds`. */
  constructor(threads: readonly Worker[]) {
    this.threads = threads.map((thread) => new AskedThread(thread));
  }

  async fold(tasks: Iterable<FoldTask>): Promise<void> {
    const left = tasks[Symbol.iterator]();
    await Promise.all(
      this.threads.map(async (thread) => {
        for (let next = left.next(); !next.done; next = left.next()) await thread.ask(next.value);
      }),
    );
  }

  async finish(): Promise<FoldedView[]> {
    const folded = await Promise.all(this.threads.map((thread) => thread.ask('finish')));
    return folded.map((views) => views!).reduce((all, views) => all.map((view, index) => joined(view, views[index]!)));
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }
}

/** Answers one question at a time. */
class AskedThread {
  /** Rejected with what ended it, whether anybody waits for an answer then or not. */
  private readonly ended: Promise<never>;

  constructor(private readonly thread: Worker) {
    this.ended = new Promise((_, reject) => {
      thread.once('error', reject);
      thread.once('exit', (code) => reject(new Error(`A thread of the rebuild ended with code ${code}.`)));
    });
    this.ended.catch(() => {});
  }

  /** @throws what failed in the thread, or ended it */
  async ask(request: FoldRequest): Promise<FoldedView[] | undefined> {
    const answer = once(this.thread, 'message');
    this.thread.postMessage(request);
    const [told] = (await Promise.race([answer, this.ended])) as [FoldAnswer];
    return foldedOf(told);
  }

  terminate(): Promise<number> {
    return this.thread.terminate();
  }
}

function joined(some: FoldedView, more: FoldedView): FoldedView {
  return {
    rows: some.rows + more.rows,
    poisoned: [...some.poisoned, ...more.poisoned],
    refused: new Map([...some.refused, ...more.refused]),
  };
}
