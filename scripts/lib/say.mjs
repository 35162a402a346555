/** Progress for people goes to stderr, so that stdout stays clean for `--json`. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** An expected failure: its message is the whole answer a person gets. */
export class Stop extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Runs a script's main; expected failures end in one sentence, bugs keep their stack. */
export async function run(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    process.exitCode = error.exitCode;
  }
}
