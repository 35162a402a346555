import { frameOf } from './frame.ts';
import type { StoragePort } from './ports.ts';

/**
 * Segments with their sizes, and one sync at a time: what is written while one runs is covered by the next.
 * A stamp names the sync that covers what has been written up to now.
 */
export interface Disk {
  /** Bytes of all segments. */
  used: number;
  failures: number;
  size(name: string): number;
  /** Appends a frame; answers where it begins, or -1: it would pass `maxBytes` of all segments, or the storage did not take it. */
  append(name: string, content: Uint8Array, maxBytes: number): number;
  /** Removes a segment once all that has been written up to now is durable. */
  removeLater(name: string): void;
  /** Bytes that will be free then. */
  leaving(): number;
  stamp(): number;
  isDurable(stamp: number): boolean;
  /** Asks for a sync at the next `run`. */
  request(): void;
  run(nowMs: number): void;
  /** When `run` wants to be called again, or Infinity. */
  dueMs(): number;
  /** Counts records that were written just now. */
  note(records: number): void;
  /** Records that a loss of power would take: written, and not covered by a sync that is done. */
  atRisk(): number;
}

const retryMs = 1000;

export function createDisk(storage: StoragePort, onDurable: () => void): Disk {
  const sizes: { [name: string]: number } = {};
  let leaving: { name: string; stamp: number }[] = [];
  let stamp = 1;
  let durable = 0;
  let isWanted = false;
  let isRunning = false;
  let holdUntilMs = 0;
  let fresh = 0;
  let underWay = 0;

  const removeLeft = (): void => {
    leaving = leaving.filter((each) => {
      if (each.stamp > durable) return true;
      storage.remove(each.name);
      disk.used -= disk.size(each.name);
      delete sizes[each.name];
      return false;
    });
  };
  const disk: Disk = {
    used: 0,
    failures: 0,
    size: (name) => sizes[name] || 0,
    append: (name, content, maxBytes) => {
      const offset = disk.size(name);
      const frame = frameOf(content);
      if (disk.used + frame.length > maxBytes) return -1;
      if (!storage.append(name, frame)) {
        disk.failures++;
        return -1;
      }
      sizes[name] = offset + frame.length;
      disk.used += frame.length;
      return offset;
    },
    removeLater: (name) => {
      leaving.push({ name, stamp });
      isWanted = true;
    },
    leaving: () => leaving.reduce((sum, each) => sum + disk.size(each.name), 0),
    stamp: () => stamp,
    isDurable: (asked) => asked <= durable,
    request: () => {
      isWanted = true;
    },
    run: (nowMs) => {
      if (!isWanted || isRunning || nowMs < holdUntilMs) return;
      const covered = stamp++;
      isWanted = false;
      isRunning = true;
      underWay = fresh;
      fresh = 0;
      storage.sync((ok) => {
        isRunning = false;
        if (ok) {
          durable = covered;
          removeLeft();
        } else {
          fresh += underWay;
          disk.failures++;
          isWanted = true;
          holdUntilMs = nowMs + retryMs;
        }
        underWay = 0;
        onDurable();
      });
    },
    dueMs: () => (isWanted && !isRunning ? holdUntilMs : Infinity),
    note: (records) => {
      fresh += records;
    },
    atRisk: () => fresh + underWay,
  };
  const names = storage.list();
  for (let i = 0; i < names.length; i++) {
    sizes[names[i]] = storage.size(names[i]);
    disk.used += sizes[names[i]];
  }
  return disk;
}
