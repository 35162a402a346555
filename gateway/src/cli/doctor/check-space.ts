import { existsSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bytes, type Finding, type Patient } from './finding.ts';

/** Below this the next burst may fill the disk: the log of the store alone may take 64 MiB. */
const LEAST_BYTES = 128 * 2 ** 20;

/** Room on the disk for what the spool may still take. */
export function checkSpace({ config }: Patient): Finding[] {
  const folder = config.dataDirectory;
  if (!existsSync(folder)) return [];
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  const store = join(folder, 'spool.db');
  const storeBytes = existsSync(store) ? statSync(store).size : 0;
  const mayGrowBytes = Math.max(0, config.spool.maxBytes - storeBytes);
  const facts = { freeBytes, storeBytes, maxBytes: config.spool.maxBytes };
  const check = 'space';
  if (freeBytes < LEAST_BYTES) {
    const says = `Only ${bytes(freeBytes)} are free on the disk of ${folder}.`;
    const todo = 'Free space. Devices keep their data meanwhile; delete nothing in the data folder.';
    return [{ check, level: 'problem', says, todo, facts }];
  }
  if (freeBytes < mayGrowBytes) {
    const says = `${bytes(freeBytes)} are free, and the spool may grow by ${bytes(mayGrowBytes)}: in a long outage of a sink the disk is full before its alarm.`;
    const todo = `Set spool.maxBytes to ${bytes(storeBytes + freeBytes * 0.8)} or less, or give the disk more room.`;
    return [{ check, level: 'note', says, todo, facts }];
  }
  const says = `${bytes(freeBytes)} are free; the spool may grow by ${bytes(mayGrowBytes)}.`;
  return [{ check, level: 'ok', says, facts }];
}
