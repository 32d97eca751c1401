import { deferred } from './deferred.js';

const sameKeyPress = 1_000;
const watchParentEvery = 500;

/** Waits for whoever may ask this process to stop. */
export class StopRequest {
  private readonly asked = deferred<void>();
  private askedAt: number | undefined;
  private onHurry: () => void = () => {};
  private parentWatch: NodeJS.Timeout | undefined;
  private readonly signalled = () => this.ask();
  private readonly parentGone = () => this.ask(false);

  constructor(private readonly supervised: boolean) {
    process.on('SIGINT', this.signalled).on('SIGTERM', this.signalled).on('SIGHUP', this.signalled);
    if (supervised) process.stdin.on('end', this.parentGone).on('error', this.parentGone).resume();
    else if (process.env.npm_lifecycle_event) this.watchParent();
  }

  /** Resolves when somebody asked. */
  get requested(): Promise<void> {
    return this.asked.promise;
  }

  /** What to do when somebody asks a second time. */
  set hurry(action: () => void) {
    this.onHurry = action;
  }

  /** Lets the process end by itself. It goes on listening to signals: one that comes now must not change how it ends. */
  dispose(): void {
    this.onHurry = () => {};
    clearInterval(this.parentWatch);
    if (this.supervised) process.stdin.destroy();
  }

  private ask(again = true): void {
    this.asked.resolve();
    this.askedAt ??= performance.now();
    // Ctrl-C under npm arrives twice, from the terminal and passed on by npm: that is not somebody in a hurry.
    if (again && performance.now() - this.askedAt > sameKeyPress) this.onHurry();
  }

  /** Under `npm start` the parent belongs to the run: when npm is killed, nobody else is left to stop this process. */
  private watchParent(): void {
    const parent = process.ppid;
    this.parentWatch = setInterval(() => {
      if (process.ppid !== parent) this.ask(false);
    }, watchParentEvery);
  }
}
