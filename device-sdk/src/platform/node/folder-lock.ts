import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deviceError } from '../../core/index.ts';

/** When a process started (field 22 of /proc/<pid>/stat): tells a process from a later one with its number. '' where there is no /proc. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in field 2 may hold spaces and brackets; the fields after it do not.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function holderOf(path: string): number | null {
  try {
    const [pid, start] = readFileSync(path, 'utf8').trim().split(' ');
    const number = Number(pid);
    const isSame = isAlive(number) && startOf(number) === (start ?? '');
    return Number.isInteger(number) && number > 0 && isSame ? number : null;
  } catch {
    return null;
  }
}

/** Folders that this process holds: the same number and start would look like our own stale lock. */
const held = new Set<string>();

/** Two processes in one folder would use the same sequence numbers, and a gateway would drop one's data as repeated. */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock');
  const holder = holderOf(path);
  if (held.has(path) || (holder !== null && holder !== process.pid)) {
    const by = holder ?? process.pid;
    throw deviceError(
      'DEV_DATA_DIR_BUSY',
      `The folder ${folder} is in use by process ${by}. Give each device its own dataDir, or stop that process.`,
    );
  }
  try {
    writeFileSync(path, `${process.pid} ${startOf(process.pid)}\n`, { mode: 0o600 });
  } catch (cause) {
    // What fills the disk may be this device's own backlog: it must come up to send it. Within this process the lock holds all the same.
    if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') {
      throw deviceError(
        'DEV_DATA_DIR',
        `The folder ${folder} cannot be written: ${(cause as Error).message}.`,
      );
    }
  }
  held.add(path);
  return () => {
    held.delete(path);
    try {
      unlinkSync(path);
    } catch {
      // Gone already.
    }
  };
}
