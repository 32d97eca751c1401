import type { Output } from '../output.js';
import type { ProcessIdentity } from '../process-identity.js';
import { type ChildSpec, type ReadyLine, SupervisedChild } from './supervised-child.js';

const sayAgainAfter = 30_000;

/** The children of one run, in stages: a later stage needs the earlier ones, and is stopped before them. */
export class Supervisor {
  private readonly stages: SupervisedChild[][] = [];
  private stopping = false;

  constructor(
    private readonly output: Output,
    /** Called whenever a process came or went. */
    private readonly onChange: (children: ProcessIdentity[]) => void,
  ) {}

  /** Begins a stage. Its children stop together, before those of the stages begun earlier. */
  stage(): (spec: ChildSpec) => Promise<ReadyLine> {
    const stage: SupervisedChild[] = [];
    this.stages.push(stage);
    return (spec) => this.start(stage, spec);
  }

  /** The processes that run now, by name. */
  get running(): Record<string, ProcessIdentity> {
    const running = this.stages
      .flat()
      .flatMap((child) => (child.running ? [[child.name, child.running] as const] : []));
    return Object.fromEntries(running);
  }

  /** Stops all children, the last stage first. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const stage of this.stages.toReversed()) await Promise.all(stage.map((child) => child.stop()));
  }

  /** Stops all children at once, and kills those that do not hurry. */
  async hurry(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.stages.flat().map((child) => child.hurry()));
  }

  private async start(stage: SupervisedChild[], spec: ChildSpec): Promise<ReadyLine> {
    // Asked to stop while starting: what is not started yet stays so.
    if (this.stopping) return new Promise(() => {});
    const child = new SupervisedChild(spec, {
      notice: (line) => this.output.notice(line),
      changed: () => this.onChange(Object.values(this.running)),
    });
    stage.push(child);
    const reminder = setInterval(
      () => this.output.notice(`Still waiting for the ${spec.name}. Log: ${spec.log}`),
      sayAgainAfter,
    );
    try {
      return await child.start();
    } finally {
      clearInterval(reminder);
    }
  }
}
