import { createHash } from 'node:crypto';

/** PostgreSQL cuts longer names off without an error, so that two points could share a table. */
const MAX_BYTES = 63;
/** Room for what is put behind a name: `_rows`, `_double`, a number. */
const ROOM = 9;

/** A name of ASCII letters as PostgreSQL keeps it whole; a long one ends with a part of its hash. */
export function fitted(name: string): string {
  if (name.length <= MAX_BYTES - ROOM) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, MAX_BYTES - ROOM - 9)}_${hash}`;
}
