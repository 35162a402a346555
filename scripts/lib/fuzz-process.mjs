import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** An input that takes longer than this has hung: its process is ended. */
const HUNG_MS = 15_000;
/** Far more than any target needs; a leak ends here and not in the machine's memory. */
const MAX_HEAP_MB = 400;
const child = fileURLToPath(new URL('fuzz-child.mjs', import.meta.url));

/**
 * Runs one target in a process of its own: what crashes, hangs or eats memory there is a finding here, whatever way it ends. Resolves
 * with the report of tests/fuzz/run.ts, of which only `target`, `inputs`, `counts` and `findings` are there when it ended badly.
 */
export function fuzzInProcess({ hungMs = HUNG_MS, ...options }) {
  const folder = mkdtempSync(join(tmpdir(), 'usewire-fuzz-'));
  const progressFile = join(folder, 'input');
  const running = fork(child, [JSON.stringify({ ...options, progressFile })], {
    execArgv: [`--max-old-space-size=${MAX_HEAP_MB}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let words = '';
  running.stderr.setEncoding('utf8').on('data', (chunk) => {
    words = `${words}${chunk}`.slice(-2_000);
  });
  return new Promise((resolve) => {
    let report;
    let hung = false;
    const watch = watchdog(
      () => inputIn(progressFile),
      hungMs,
      () => {
        hung = true;
        running.kill('SIGKILL');
      },
    );
    running.on('message', (message) => {
      report = message;
    });
    running.on('close', (code, signal) => {
      clearInterval(watch);
      const index = inputIn(progressFile) ?? options.from;
      rmSync(folder, { recursive: true, force: true });
      const what = hung
        ? `hangs for more than ${hungMs / 1000} s`
        : `the process ended by itself with ${signal ?? code}: ${words.trim()}`;
      resolve(
        report ?? {
          target: options.target,
          inputs: index - options.from,
          counts: {},
          findings: [{ index, what }],
        },
      );
    });
  });
}

/** The number of the input under way; undefined before the first. */
function inputIn(file) {
  try {
    return Number(readFileSync(file).readBigUInt64LE());
  } catch {
    return undefined;
  }
}

function watchdog(input, hungMs, hung) {
  let last;
  let since = performance.now();
  return setInterval(() => {
    const index = input();
    if (index === undefined || index !== last) {
      last = index;
      since = performance.now();
    } else if (performance.now() - since > hungMs) hung();
  }, 500);
}
