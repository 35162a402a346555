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
  let exitCode = 0;
  try {
    exitCode = (await main()) ?? 0;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    exitCode = error.exitCode;
  }
  await Promise.all([process.stdout, process.stderr].map(flushed));
  // Node 20 tears its environment down where a process ends by itself, and was seen to spin there for ever over a request that its libuv never
  // settles (2026-11-28, the end of a chaos run whose verdict was out).
  process.exit(exitCode);
}

function flushed(stream) {
  return new Promise((resolve) => stream.write('', resolve));
}
