import type { AckTarget, Scheduler } from '../../domain/ports.ts';

/** How a message ended: its commit is done, or not within the time that a client waits. */
export type Ending = 'committed' | 'late';

/** What waits for one message's commit. It may still come after `late`: the message that is sent again is a duplicate then. */
export class Exchange implements AckTarget {
  readonly ending: Promise<Ending>;
  private resolve: (ending: Ending) => void = () => {};
  private readonly callOff: () => void;

  constructor(scheduler: Scheduler, waitMs: number) {
    this.ending = new Promise((resolve) => {
      this.resolve = resolve;
    });
    this.callOff = scheduler.after(waitMs, () => this.resolve('late'));
  }

  ack(): void {
    this.callOff();
  }

  /** The promise goes on after this turn: ack and nack of the commit are in the mailbox by then. */
  flush(): void {
    this.resolve('committed');
  }

  /** Nobody waits any more. */
  end(): void {
    this.callOff();
  }
}
