import type { TransportEvents } from '@usewire/device-sdk/core';
import type { Link } from '../device/link.ts';

/** A link on which things go wrong when they are told to. */
export interface FaultyLink extends Link {
  /** What happens to the next message that is sent. */
  strike(fault: 'lostAck' | 'disconnect' | 'duplicate'): void;
  /** From now on nothing gets through, until `restore()`. */
  cut(): void;
  restore(): void;
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

/** `later` runs something at the present virtual time, after what runs now. */
export function faultyLink(inner: Link, later: (what: () => void) => void): FaultyLink {
  let events: TransportEvents | null = null;
  let striking: 'lostAck' | 'disconnect' | 'duplicate' | null = null;
  let isCut = false;
  /** Tag whose ack gets lost. */
  let doomed: number | null = null;
  let copies = 0;
  let isHeld = false;
  let waiting: { will: Uint8Array; own: TransportEvents } | null = null;
  let connected = false;

  const lose = (detail: string): void => {
    const told = events;
    events = null;
    doomed = null;
    inner.close();
    later(() => told?.onClose({ kind: 'lost', detail }));
  };
  const heard = (own: TransportEvents): TransportEvents => ({
    onOpen() {
      connected = true;
      own.onOpen();
    },
    onClose(reason) {
      if (events === own) events = null;
      own.onClose(reason);
    },
    onAck(tag) {
      if (tag >= COPY_TAG) return;
      if (tag === doomed) lose('the acknowledgement was lost');
      else own.onAck(tag);
    },
    onMessage: (bytes) => own.onMessage(bytes),
  });
  const open = (will: Uint8Array, own: TransportEvents): void => {
    if (isCut) {
      later(() => own.onClose({ kind: 'unreachable', detail: 'offline' }));
      return;
    }
    events = own;
    inner.open(will, heard(own));
  };
  return {
    open(will, own) {
      if (isHeld) waiting = { will, own };
      else open(will, own);
    },
    send(tag, leaf, bytes) {
      if (events === null) return false;
      // Only messages that carry content: what says how the device is (hello and bye on `st`, status without a tag) is no loss.
      const hasContent = tag !== 0 && leaf === 'up';
      const now = hasContent ? striking : null;
      if (hasContent) striking = null;
      if (now === 'disconnect') {
        lose('the connection broke while sending');
        return true;
      }
      if (now === 'lostAck') doomed = tag;
      const taken = inner.send(tag, leaf, bytes);
      if (now === 'duplicate' && taken) inner.send(COPY_TAG + copies++, leaf, bytes);
      return taken;
    },
    close() {
      events = null;
      waiting = null;
      inner.close();
    },
    strike(fault) {
      striking = fault;
    },
    cut() {
      isCut = true;
      if (events !== null) lose('went offline');
    },
    restore() {
      isCut = false;
    },
    hold() {
      isHeld = true;
    },
    release() {
      isHeld = false;
      const first = waiting;
      waiting = null;
      if (first !== null) open(first.will, first.own);
    },
    vanish() {
      events = null;
      waiting = null;
      doomed = null;
      striking = null;
      inner.close();
    },
    hasConnected: () => connected,
    busy: () => inner.busy(),
    settled: () => inner.settled(),
    closed: () => inner.closed(),
  };
}
