/** Exit codes, those of sysexits.h where there is one. */
export const Exit = {
  ok: 0,
  /** The input is wrong: `decode` of a frame that is malformed. */
  refused: 1,
  usage: 64,
  /** Something needed is not there: port, folder, running gateway. */
  unavailable: 69,
  /** A bug. */
  internal: 70,
  config: 78,
} as const;

export type ExitCode = (typeof Exit)[keyof typeof Exit];

/** Ends a command with one clear text on stderr and a code; no stack trace. */
export class CommandEnd extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
