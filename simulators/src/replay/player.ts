import type { DeviceStatus } from '@usewire/device-sdk/core';
import type { Bell } from './bell.ts';
import type { CountedTransport } from './counting-transport.ts';
import type { RecordingClock } from './recording-clock.ts';

/** Why a recording did not come to its end, and whether it began at all. */
export interface PlayFailure {
  kind: 'unreachable' | 'silent';
  message: string;
}

/** A device whose time is the recording's, on a link whose time is the real one. */
export interface Player {
  device: { tick(): number; flush(): void; status(): DeviceStatus };
  clock: RecordingClock;
  transport: CountedTransport;
  /** Rings when the link or the storage brought something, and when the device wants a tick. */
  bell: Bell;
  /** How long nothing may move before it is given up. */
  patienceMs: number;
  /** When the device wants to be woken, in the recording's time. */
  nextTickMs: number;
}

export function tick(player: Player): void {
  player.nextTickMs = player.clock.nowMs() + Math.max(1, player.device.tick());
}

/** Moves the recording's time, waking the device whenever it wants to be woken on the way. */
export function runTo(player: Player, atMs: number): void {
  while (player.nextTickMs <= atMs) {
    player.clock.moveTo(player.nextTickMs);
    tick(player);
  }
  player.clock.moveTo(atMs);
}

/** Time stands still until the link is open: a recording that nobody hears is not begun. */
export async function connect(player: Player): Promise<PlayFailure | undefined> {
  const { transport, patienceMs } = player;
  const endMs = performance.now() + patienceMs;
  tick(player);
  while (!transport.isOpen()) {
    const closed = transport.lastClose();
    const leftMs = endMs - performance.now();
    if (closed !== undefined || leftMs <= 0) {
      return { kind: 'unreachable', message: closed ?? 'the gateway does not answer' };
    }
    await player.bell.heard(leftMs);
  }
  return undefined;
}

/** Lets the link work, and waits while more than `limit` messages have no ack. */
export async function breathe(player: Player, limit: number): Promise<PlayFailure | undefined> {
  tick(player);
  await new Promise(setImmediate);
  return untilFewer(player, limit, () => {});
}

/** Sends what is left and waits for the last ack; the device's time goes on as the real one does. */
export async function drain(player: Player): Promise<PlayFailure | undefined> {
  const begun = { realMs: performance.now(), atMs: player.clock.nowMs() };
  player.device.flush();
  return untilFewer(player, 0, () => runTo(player, begun.atMs + performance.now() - begun.realMs));
}

const lookAgainMs = 100;

async function untilFewer(player: Player, limit: number, goOn: () => void): Promise<PlayFailure | undefined> {
  let waiting = waitingIn(player);
  let movedMs = performance.now();
  while (waiting > limit) {
    goOn();
    tick(player);
    await player.bell.heard(lookAgainMs);
    const now = waitingIn(player);
    if (now !== waiting) {
      movedMs = performance.now();
    } else if (performance.now() - movedMs > player.patienceMs) {
      return { kind: 'silent', message: silence(player, now) };
    }
    waiting = now;
  }
  return undefined;
}

function silence(player: Player, waiting: number): string {
  const { lastProblem } = player.device.status();
  const why = player.transport.lastClose() ?? lastProblem;
  return `${waiting} messages got no ack in ${player.patienceMs} ms${why ? ` (${why})` : ''}`;
}

function waitingIn(player: Player): number {
  return player.device.status().messages.waiting;
}
