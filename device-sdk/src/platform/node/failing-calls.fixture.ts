import { type FileCalls, systemCalls } from './file-calls.ts';

type Name = keyof FileCalls;

/** A place where the storage asks something of the disk. */
export interface Site {
  name: string;
  calls: Name[];
  /** Of the path, or of the path that a number was opened with. */
  path: RegExp;
  /** A write takes a part before it fails. */
  half?: boolean;
}

const segment = /segments\/./;
const segments = /segments$/;
const value = /values\/./;

/** Each place that writes. */
export const sites: Site[] = [
  { name: 'opening a segment', calls: ['openSync'], path: segment },
  { name: 'looking at a new segment', calls: ['fstatSync'], path: segment },
  { name: 'a write to a segment', calls: ['writeSync'], path: segment },
  { name: 'half of a write to a segment', calls: ['writeSync'], path: segment, half: true },
  { name: 'half of a write that stays', calls: ['writeSync', 'ftruncateSync'], path: segment, half: true },
  { name: 'fdatasync of a segment', calls: ['fdatasync'], path: segment },
  { name: 'fsync of the folder of segments', calls: ['fsync'], path: segments },
  { name: 'unlink of a segment', calls: ['unlinkSync'], path: segment },
  { name: 'unlink and truncate', calls: ['unlinkSync', 'truncateSync'], path: segment },
  { name: 'close', calls: ['closeSync'], path: segment },
  { name: 'opening a value', calls: ['openSync'], path: value },
  { name: 'a write to a value', calls: ['writeSync'], path: value },
  { name: 'fdatasync of a value', calls: ['fdatasyncSync'], path: value },
  { name: 'rename of a value', calls: ['renameSync'], path: value },
  { name: 'fsync of the folder of values', calls: ['fsyncSync'], path: /values$/ },
];

export const readingTheFolder: Site = { name: 'reading the folder', calls: ['readdirSync'], path: segments };

export interface FailingCalls {
  calls: FileCalls;
  fail(site: Site, code: string): void;
  mend(): void;
  hits(): number;
  /** Writes at a place, as a repair does them. */
  writesAt: { bytes: number[]; at: number }[];
  /** All syncs that are under way have ended. */
  idle(): Promise<void>;
}

/** The system's calls, failing on order. */
export function failingCalls(): FailingCalls {
  const paths = new Map<number, string>();
  const writesAt: FailingCalls['writesAt'] = [];
  let orders: { site: Site; code: string }[] = [];
  let hits = 0;
  let syncs = 0;
  const orderFor = (call: Name, path: string) =>
    orders.find(({ site }) => site.calls.includes(call) && site.path.test(path));
  const errorOf = (call: Name, on: string | number): Error | null => {
    const order = orderFor(call, typeof on === 'number' ? (paths.get(on) ?? '') : on);
    if (order === undefined) return null;
    hits += 1;
    return Object.assign(new Error(`${order.code}: ${call}`), { code: order.code });
  };
  const guarded = <K extends Name>(call: K): FileCalls[K] =>
    ((on: string | number, ...rest: unknown[]) => {
      const error = errorOf(call, on);
      if (error !== null) throw error;
      return (systemCalls[call] as (...all: unknown[]) => unknown)(on, ...rest);
    }) as unknown as FileCalls[K];
  const syncing = (call: 'fsync' | 'fdatasync') => (fd: number, done: (error: Error | null) => void) => {
    syncs += 1;
    const end = (error: Error | null): void => {
      syncs -= 1;
      done(error);
    };
    const error = errorOf(call, fd);
    if (error !== null) setImmediate(end, error);
    else systemCalls[call](fd, end);
  };
  const calls = {
    ...systemCalls,
    fstatSync: guarded('fstatSync'),
    ftruncateSync: guarded('ftruncateSync'),
    fdatasyncSync: guarded('fdatasyncSync'),
    fsyncSync: guarded('fsyncSync'),
    unlinkSync: guarded('unlinkSync'),
    truncateSync: guarded('truncateSync'),
    readdirSync: guarded('readdirSync'),
    renameSync: guarded('renameSync'),
    fsync: syncing('fsync'),
    fdatasync: syncing('fdatasync'),
    openSync: (path: string, flags: string, mode?: number) => {
      const fd = guarded('openSync')(path, flags, mode);
      paths.set(fd, path);
      return fd;
    },
    // Linux frees the number whatever it answers.
    closeSync: (fd: number) => {
      const error = errorOf('closeSync', fd);
      systemCalls.closeSync(fd);
      if (error !== null) throw error;
    },
    writeSync: (fd: number, bytes: Uint8Array, from?: number, size?: number, at?: number) => {
      const start = from ?? 0;
      const length = size ?? bytes.length - start;
      const order = orderFor('writeSync', paths.get(fd) ?? '');
      if (order?.site.half) systemCalls.writeSync(fd, bytes, start, Math.ceil(length / 2), at);
      const error = errorOf('writeSync', fd);
      if (error !== null) throw error;
      if (at !== undefined) writesAt.push({ bytes: [...bytes.subarray(start, start + length)], at });
      return systemCalls.writeSync(fd, bytes, start, length, at);
    },
  } as unknown as FileCalls;
  return {
    calls,
    writesAt,
    hits: () => hits,
    fail: (site, code) => {
      orders.push({ site, code });
    },
    mend: () => {
      orders = [];
    },
    idle: async () => {
      while (syncs > 0) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
