import { appendFileSync } from 'node:fs';
import { say } from '../say.mjs';

/** The run's log: NDJSON on the disk, a short line for people. Times in ms since the begin. */
export function createJournal(file) {
  const begunMs = performance.now();
  const sinceMs = () => Math.round(performance.now() - begunMs);
  return {
    write(event, fields = {}) {
      const line = { atMs: sinceMs(), time: new Date().toISOString(), event, ...fields };
      appendFileSync(file, `${JSON.stringify(line)}\n`);
    },
    /** In the log and on the terminal. */
    tell(event, fields, text) {
      this.write(event, fields);
      say(`${(sinceMs() / 1000).toFixed(1).padStart(7)} s  ${text}`);
    },
    sinceMs,
  };
}
