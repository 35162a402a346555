/** One thing that a process did to its disk, as `recorder.c` writes it down. Paths are from the recorded folder. */
export type DiskStep =
  | { do: 'create' | 'open'; inode: number; path: string }
  | { do: 'write'; inode: number; offset: number; bytes: Buffer }
  | { do: 'truncate'; inode: number; size: number }
  | { do: 'sync'; inode: number }
  | { do: 'syncFolder' | 'unlink' | 'mkdir' | 'rmdir'; path: string }
  | { do: 'rename'; from: string; to: string }
  | { do: 'mark'; text: string };

const HEAD_BYTES = 24;
/** In the order of the recorder's operations, which count from 1. */
const OPERATIONS = [
  'create',
  'open',
  'write',
  'truncate',
  'sync',
  'syncFolder',
  'rename',
  'unlink',
  'mkdir',
  'rmdir',
  'mark',
] as const;

function stepOf(operation: (typeof OPERATIONS)[number], head: Buffer, body: Buffer): DiskStep {
  const inode = Number(head.readBigUInt64LE(8));
  const offset = Number(head.readBigUInt64LE(16));
  switch (operation) {
    case 'create':
    case 'open':
      return { do: operation, inode, path: body.toString() };
    case 'write':
      return { do: operation, inode, offset, bytes: body };
    case 'truncate':
      return { do: operation, inode, size: offset };
    case 'sync':
      return { do: operation, inode };
    case 'rename': {
      const [from, to] = body.toString().split('\0');
      return { do: operation, from: from!, to: to! };
    }
    case 'mark':
      return { do: operation, text: body.toString() };
    default:
      return { do: operation, path: body.toString() };
  }
}

/** Throws on a log that is not whole: a recorder that lost something proves nothing. */
export function readDiskLog(log: Buffer): DiskStep[] {
  const steps: DiskStep[] = [];
  for (let at = 0; at < log.length; ) {
    const head = log.subarray(at, at + HEAD_BYTES);
    const end = at + HEAD_BYTES + head.readUInt32LE(4);
    const operation = OPERATIONS[head.readUInt32LE(0) - 1];
    if (operation === undefined || end > log.length) throw new Error(`the log is damaged at byte ${at}`);
    steps.push(stepOf(operation, head, log.subarray(at + HEAD_BYTES, end)));
    at = end;
  }
  return steps;
}
