import type { MessagePort } from 'node:worker_threads';
import { NotRebuilt } from './not-rebuilt.js';
import type { FoldedView, Folder, FoldTask } from './view-folder.js';

/** Something to fold, or the end: what came of all of them is told then. */
export type FoldRequest = FoldTask | 'finish';

export type FoldAnswer = { folded?: FoldedView[] } | { failed: Failure };

/** An error as it passes between threads, which leave out its class and its code. */
interface Failure {
  name: string;
  message: string;
  stack: string | undefined;
  code: unknown;
}

/** Folds what is asked for at a port, one request after the other, until it is told to finish. */
export function answerFolds(port: MessagePort, folder: Folder): void {
  port.on('message', async (request: FoldRequest) => {
    port.postMessage(await answered(folder, request));
    if (request === 'finish') port.close();
  });
}

async function answered(folder: Folder, request: FoldRequest): Promise<FoldAnswer> {
  try {
    if (request !== 'finish') {
      await folder.fold([request]);
      return {};
    }
    const folded = await folder.finish();
    await folder.close();
    return { folded };
  } catch (error) {
    const { name, message, stack, code } = error as Error & { code?: unknown };
    return { failed: { name, message, stack, code } };
  }
}

/** @throws what failed in the thread */
export function foldedOf(answer: FoldAnswer): FoldedView[] | undefined {
  if ('failed' in answer) throw errorOf(answer.failed);
  return answer.folded;
}

/** What tells a user what to do is told in one line: its class counts. */
function errorOf(failure: Failure): Error {
  const { name, message } = failure;
  return Object.assign(name === 'NotRebuilt' ? new NotRebuilt(message) : new Error(message), failure);
}
