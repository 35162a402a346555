import { createHash } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Lines for the test in the recorder's log, between what this process does to its disk. */
export function marksIn(directory) {
  const file = openSync(join(directory, '.marks'), 'a');
  return (mark) => writeSync(file, JSON.stringify(mark));
}

export function digest(bytes) {
  return createHash('sha1').update(bytes).digest('hex').slice(0, 16);
}
