import { createHash, type Hash } from 'node:crypto';
import { recordsIn, type Truth } from '../verdict/truth.ts';

type Samples = Extract<Truth, { kind: 'samples' }>;

/** A run of samples that may still grow. */
export type SampleRun = Samples;

/** Keeps what one device truly did: every line in order, runs of samples joined. */
export interface TruthLog {
  add(line: Exclude<Truth, Samples>): void;
  /** One sample; joined to the run before when it stands in its place. Returns the run that it is in. */
  sample(line: Omit<Samples, 'kind' | 'values'>, value: number): SampleRun;
  /** The next sample of a run of this boot; false when it does not stand in its place, and nothing was added. */
  grow(run: SampleRun, uptimeMs: number, value: number): boolean;
  /** Runs that may still grow, as they are now. */
  open(): Truth[];
  /** Ends open runs, so that everything is told to `keep`. */
  close(): void;
  /** Records told so far, without those of counters and distributions. */
  records(): number;
  /** SHA-256 over all lines told so far. */
  hash(): string;
}

/** Longest run of samples in a line: an hour at 1 Hz. */
const RUN_SAMPLES = 3600;

/** `keep` is given every line when it is complete. */
export function createTruthLog(keep: (line: Truth) => void): TruthLog {
  const open = new Map<string, Samples>();
  const hash: Hash = createHash('sha256');
  let records = 0;
  const tell = (line: Truth): void => {
    records += recordsIn(line);
    hash.update(JSON.stringify(line));
    keep(line);
  };
  return {
    add: tell,
    sample(line, value) {
      const key = line.subject === null ? line.point : `${line.point} ${line.subject}`;
      const run = open.get(key);
      if (run !== undefined && run.boot === line.boot && fits(run, line.uptimeMs)) {
        run.values.push(value);
        return run;
      }
      if (run !== undefined) tell(run);
      const begun: Samples = { kind: 'samples', ...line, values: [value] };
      open.set(key, begun);
      return begun;
    },
    grow(run, uptimeMs, value) {
      if (!fits(run, uptimeMs)) return false;
      run.values.push(value);
      return true;
    },
    open: () => [...open.values()].map((run) => ({ ...run, values: [...run.values] })),
    close() {
      for (const run of open.values()) tell(run);
      open.clear();
    },
    records: () => records,
    hash: () => hash.copy().digest('hex'),
  };
}

function fits(run: Samples, uptimeMs: number): boolean {
  return run.values.length < RUN_SAMPLES && uptimeMs === run.uptimeMs + run.values.length * run.periodMs;
}
