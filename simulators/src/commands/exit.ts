import { StuckError } from '../device/link.ts';
import { InputError } from '../verdict/read.ts';
import { EXIT } from '../verdict/report.ts';
import { UsageError } from '../world/fleet.ts';

/** The run could not begin; the message says why and what to do. */
export class CouldNotRun extends Error {}

/** The run began and did not come to its end in time. */
export class TimedOut extends Error {}

const KNOWN: readonly (readonly [new (message: string) => Error, number])[] = [
  [UsageError, EXIT.badUsage],
  [InputError, EXIT.badUsage],
  [CouldNotRun, EXIT.couldNotRun],
  [TimedOut, EXIT.timedOut],
  [StuckError, EXIT.timedOut],
];

/** Codes of errors that say what to do without a stack: of the SDK, and of the system. */
const PLAIN = /^(DEV_|E[A-Z]+$)/;

/** Exit code of an expected failure; undefined for a bug, which is thrown on. */
export function exitCodeOf(error: unknown): number | undefined {
  const known = KNOWN.find(([kind]) => error instanceof kind);
  if (known !== undefined) return known[1];
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && PLAIN.test(code) ? EXIT.couldNotRun : undefined;
}
