/** What is read: a socket or a serial port. */
interface Source {
  readonly destroyed: boolean;
  pause(): unknown;
  resume(): unknown;
}

/** Why a socket is not read now. */
export type HoldCause =
  /** All devices wait for a commit. */
  | 'pressure'
  /** The broker has more than it can take. */
  | 'broker'
  /** The CONNECT is not answered yet. */
  | 'handshake'
  /** The client does not read its acknowledgements. */
  | 'unread'
  /** The device has sent more than its share. */
  | 'pace';

export interface ReadingPorts {
  /** Returns the way to call it off. */
  after(delayMs: number, task: () => void): () => void;
  /** Nothing holds it any more; what is held again in here stays held. */
  resumed(): void;
}

/** Reads a socket while no cause holds it: TCP then slows down the sender, and nothing is dropped. */
export class Reading {
  private readonly causes = new Set<HoldCause>();
  private readonly socket: Source;
  private readonly ports: ReadingPorts;
  private callOff = () => {};

  constructor(socket: Source, ports: ReadingPorts) {
    this.socket = socket;
    this.ports = ports;
  }

  isOn(): boolean {
    return this.causes.size === 0;
  }

  isHeldBy(cause: HoldCause): boolean {
    return this.causes.has(cause);
  }

  hold(cause: HoldCause, on: boolean): void {
    if (this.causes.has(cause) === on) return;
    if (on) this.causes.add(cause);
    else this.causes.delete(cause);
    if (this.socket.destroyed) return;
    if (on) this.socket.pause();
    else this.resume();
  }

  holdFor(cause: HoldCause, durationMs: number): void {
    this.hold(cause, true);
    this.callOff = this.ports.after(durationMs, () => this.hold(cause, false));
  }

  /** The connection has ended. */
  end(): void {
    this.callOff();
  }

  private resume(): void {
    if (this.isOn()) this.ports.resumed();
    if (this.isOn()) this.socket.resume();
  }
}
