import { writeSync } from 'node:fs';

/** Writes at most `bytes.length`, returns how many; throws a system error. */
type WriteSome = (bytes: Uint8Array) => number;

/** A reader that is slow may be waited for, one that has stopped must not stop the gateway. */
const MAX_WAITS = 10;
const WAIT_MS = 10;

/**
 * Lines to a file descriptor, each at once: a crash loses none. What cannot be written (a full disk behind stderr, a reader that has
 * gone) is dropped and counted; the first line that gets through again is preceded by the count. It never throws: a log must not
 * end what it reports on.
 */
export function lineWriter(writeSome: WriteSome = (bytes) => writeSync(2, bytes)): {
  write(line: string): void;
} {
  let lost = 0;
  let isTorn = false;

  function put(line: string): boolean {
    const bytes = Buffer.from(isTorn ? `\n${line}` : line);
    let done = 0;
    for (let waits = 0; done < bytes.length; ) {
      try {
        done += writeSome(bytes.subarray(done));
      } catch (error) {
        const isBusy = (error as NodeJS.ErrnoException).code === 'EAGAIN';
        if (isBusy && waits < MAX_WAITS) {
          waits += 1;
          pause();
          continue;
        }
        isTorn = done > 0 || isTorn;
        return false;
      }
    }
    isTorn = false;
    return true;
  }

  return {
    write(line) {
      if (lost > 0 && put(lossLine(lost))) lost = 0;
      if (lost > 0 || !put(line)) lost += 1;
    },
  };
}

function lossLine(lines: number): string {
  return `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), event: 'log.lost', lines })}\n`;
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
}
