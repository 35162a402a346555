import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

const SHIM = join(import.meta.dirname, 'shim.c');
const SIZE = 4_096;
const HITS_AT = SIZE - 4;

export type DiskFault = 'ENOSPC' | 'EIO' | 'EROFS';

/** Which calls fail, on files whose path contains a word, or ends with it (`word$`). `half`: a write takes a part before it fails, as on a disk that fills up. */
export interface FaultOrder {
  calls: ('write' | 'sync' | 'open' | 'rename' | 'truncate' | 'read')[];
  path: string;
  fault: DiskFault;
  half?: boolean;
}

const LETTERS = { write: 'w', sync: 's', open: 'o', rename: 'r', truncate: 't', read: 'p' } as const;

/** A disk that fails on order, under a process that is started with `env`. */
export interface FailingDisk {
  env: Record<string, string>;
  arm(...orders: FaultOrder[]): void;
  mend(): void;
  /** Calls that failed since the disk was armed: a fault that struck nothing proves nothing. */
  hits(): number;
  dispose(): void;
}

/** Why it cannot be had here; null = it can. */
export function whyNoFailingDisk(): string | null {
  if (process.platform !== 'linux') return 'LD_PRELOAD is for Linux';
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'there is no C compiler (cc)';
  }
}

export function failingDisk(): FailingDisk {
  const folder = mkdtempSync(join(tmpdir(), 'usewire-failing-disk-'));
  const library = join(folder, 'shim.so');
  const control = join(folder, 'orders');
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, SHIM, '-ldl']);
  writeFileSync(control, Buffer.alloc(SIZE));
  const put = (text: string) => {
    const page = Buffer.alloc(SIZE);
    // The first byte last: the process must not read half an order.
    page.write(text, 1, 'latin1');
    const fd = openSync(control, 'r+');
    writeSync(fd, page, 0, SIZE, 0);
    if (text !== '') writeSync(fd, '\n', 0, 'latin1');
    closeSync(fd);
  };
  return {
    env: { LD_PRELOAD: library, FAILING_DISK: control },
    arm: (...orders) => put(orders.map(line).join('\n')),
    mend: () => put(''),
    hits: () => readFileSync(control).readUInt32LE(HITS_AT),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function line({ calls, path, fault, half = false }: FaultOrder): string {
  const letters = calls.map((call) => LETTERS[call]).join('') + (half ? 'H' : '');
  return `${letters} ${constants.errno[fault]} ${path}`;
}
