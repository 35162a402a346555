import type { Board, BoardTransport } from '@usewire/device-sdk/board';
import { toBoardModel } from '@usewire/protocol/check';
import type { Model } from '@usewire/protocol/model';
import { loadBoardFile } from './board-vm.ts';
import { eventually } from './gateway-kit.ts';

/** The firmware that a board's file sees, with time in the test's hand. What it puts into Storage stays over `start`s. */
export function virtualFirmware() {
  let seconds = 12.5;
  let next = 0;
  const timers = new Map<number, { atMs: number; run: () => void }>();
  const values = new Map<string, string>();
  const nowMs = () => seconds * 1000;
  return {
    values,
    globals: {
      getTime: () => seconds,
      setTimeout: (run: () => void, ms: number) => {
        next += 1;
        timers.set(next, { atMs: nowMs() + ms, run });
        return next;
      },
      clearTimeout: (id: number) => timers.delete(id),
      atob,
      E: {
        on: () => undefined,
        hwRand: () => Math.floor(Math.random() * 2 ** 32),
        toUint8Array: (text: string) => Buffer.from(text),
        toString: (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1'),
      },
      process: { memory: () => ({ free: 1000 }) },
      require: () => ({
        read: (key: string) => values.get(key),
        write: (key: string, value: string) => values.set(key, value) !== undefined,
      }),
    },
    /** Lets time pass, and runs what is due. */
    pass(ms: number): void {
      seconds += ms / 1000;
      for (const [id, { atMs, run }] of [...timers]) {
        if (atMs > nowMs()) continue;
        timers.delete(id);
        run();
      }
    },
    /** A reset: RAM and timers are gone. */
    reset: () => timers.clear(),
  };
}

export type VirtualFirmware = ReturnType<typeof virtualFirmware>;

/** A board out of its file, on that firmware. */
export async function startVirtualBoard(
  firmware: VirtualFirmware,
  model: Model,
  options: { link: BoardTransport; [option: string]: unknown },
): Promise<Board> {
  const made = toBoardModel(model);
  if (!made.ok) throw new Error(JSON.stringify(made.problems));
  const { start } = await loadBoardFile('usewire', firmware.globals);
  return (start as (model: unknown, options: unknown) => Board)(made.model, options);
}

/** Time of the test runs ahead of that of sockets: waits until all that was sent is answered, or the link is gone. */
export function answered(board: Board): Promise<unknown> {
  return eventually(() => {
    const { link, fill } = board.status();
    return link === 'waiting' || (link === 'open' && fill === 0);
  }, 'the answers of the gateway');
}
