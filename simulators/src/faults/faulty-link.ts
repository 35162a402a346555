import type { TransportEvents, TransportPort } from '@usewire/device-sdk/core';
import type { Link } from '../device/link.ts';
import { shuffled, stream } from '../random/stream.ts';

type Leaf = Parameters<TransportPort['send']>[1];
/** What can happen to the next message that is sent. */
type NextFault = 'lostAck' | 'disconnect' | 'duplicate';

/** A link on which things go wrong when they are told to. */
export interface FaultyLink extends Link {
  /** What happens to the next message that is sent. */
  strike(fault: NextFault): void;
  /** What was sent last is sent once more, in an order drawn from `salt`; nobody hears the acknowledgements. */
  resend(salt: number): void;
  /** From now on nothing gets through, until as many `restore()`. */
  cut(): void;
  restore(): void;
  /** From now on nothing gets through and nobody is told, until as many `hear()`. */
  deafen(): void;
  hear(): void;
  /** Everything gets through from now on. */
  mend(): void;
  /** From now on a connection is not answered, until `release()` makes the one that waits. */
  hold(): void;
  release(): void;
  /** True once a connection was made. */
  hasConnected(): boolean;
  /** The device is gone without a word: the link closes under it and nobody is told. */
  vanish(): void;
}

/** Tags of copies lie beyond those that the SDK uses. */
const COPY_TAG = 2 ** 40;
/** Messages that can be sent again. */
const REMEMBERED = 12;

/** `later` runs something at the present virtual time, after what runs now. */
export function faultyLink(inner: Link, later: (what: () => void) => void): FaultyLink {
  return new LinkWithFaults(inner, later);
}

class LinkWithFaults implements FaultyLink {
  private readonly inner: Link;
  private readonly later: (what: () => void) => void;
  private events: TransportEvents | null = null;
  private striking: NextFault | null = null;
  private cuts = 0;
  private deafness = 0;
  /** Tag whose ack gets lost. */
  private doomed: number | null = null;
  private copies = 0;
  private readonly recent: Uint8Array[] = [];
  private isHeld = false;
  private waiting: { will: Uint8Array; own: TransportEvents } | null = null;
  private connected = false;

  constructor(inner: Link, later: (what: () => void) => void) {
    this.inner = inner;
    this.later = later;
  }

  open(will: Uint8Array, own: TransportEvents): void {
    if (this.isHeld) this.waiting = { will, own };
    else this.openNow(will, own);
  }

  send(tag: number, leaf: Leaf, bytes: Uint8Array): boolean {
    if (this.events === null) return false;
    if (this.deafness > 0) return true;
    // Only messages that carry content: what says how the device is (hello and bye on `st`, status without a tag) is no loss.
    if (tag === 0 || leaf !== 'up') return this.inner.send(tag, leaf, bytes);
    const now = this.striking;
    this.striking = null;
    if (now === 'disconnect') {
      this.lose('the connection broke while sending');
      return true;
    }
    if (now === 'lostAck') this.doomed = tag;
    const taken = this.inner.send(tag, leaf, bytes);
    if (taken) this.remember(bytes);
    if (now === 'duplicate' && taken) this.sendCopy(bytes);
    return taken;
  }

  close(): void {
    this.events = null;
    this.waiting = null;
    this.inner.close();
  }

  strike(fault: NextFault): void {
    this.striking = fault;
  }

  resend(salt: number): void {
    if (this.events === null || this.deafness > 0) return;
    for (const bytes of shuffled(this.recent, stream(salt, 'resend', 'order'))) this.sendCopy(bytes);
  }

  cut(): void {
    this.cuts += 1;
    if (this.events !== null) this.lose('went offline');
  }

  restore(): void {
    this.cuts = Math.max(0, this.cuts - 1);
  }

  deafen(): void {
    this.deafness += 1;
  }

  hear(): void {
    this.deafness = Math.max(0, this.deafness - 1);
    // What was lost on the way is lost: the connection cannot go on.
    if (this.deafness === 0 && this.events !== null) this.lose('the link had been dead');
  }

  mend(): void {
    this.cuts = 0;
    this.striking = null;
    if (this.deafness > 0) {
      this.deafness = 1;
      this.hear();
    }
  }

  hold(): void {
    this.isHeld = true;
  }

  release(): void {
    this.isHeld = false;
    const first = this.waiting;
    this.waiting = null;
    if (first !== null) this.openNow(first.will, first.own);
  }

  vanish(): void {
    this.doomed = null;
    this.striking = null;
    this.close();
  }

  hasConnected(): boolean {
    return this.connected;
  }

  busy(): boolean {
    return this.inner.busy();
  }

  settled(): Promise<void> {
    return this.inner.settled();
  }

  closed(): Promise<void> {
    return this.inner.closed();
  }

  private openNow(will: Uint8Array, own: TransportEvents): void {
    if (this.cuts > 0 || this.deafness > 0) {
      this.later(() => own.onClose({ kind: 'unreachable', detail: 'offline' }));
      return;
    }
    this.events = own;
    this.inner.open(will, this.heard(own));
  }

  private heard(own: TransportEvents): TransportEvents {
    return {
      onOpen: () => {
        this.connected = true;
        if (this.deafness === 0) own.onOpen();
      },
      onClose: (reason) => {
        if (this.deafness > 0) return;
        if (this.events === own) this.events = null;
        own.onClose(reason);
      },
      onAck: (tag) => {
        if (tag >= COPY_TAG || this.deafness > 0) return;
        if (tag === this.doomed) this.lose('the acknowledgement was lost');
        else own.onAck(tag);
      },
      onMessage: (bytes) => {
        if (this.deafness === 0) own.onMessage(bytes);
      },
    };
  }

  private lose(detail: string): void {
    const told = this.events;
    this.events = null;
    this.doomed = null;
    this.inner.close();
    this.later(() => told?.onClose({ kind: 'lost', detail }));
  }

  private sendCopy(bytes: Uint8Array): void {
    this.inner.send(COPY_TAG + this.copies++, 'up', bytes);
  }

  private remember(bytes: Uint8Array): void {
    this.recent.push(bytes.slice());
    if (this.recent.length > REMEMBERED) this.recent.shift();
  }
}
