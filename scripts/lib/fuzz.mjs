import { Worker } from 'node:worker_threads';
import { targets } from './fuzz-options.mjs';
import { say } from './say.mjs';

/** An input that takes longer than this has hung: its thread is ended. */
const HUNG_MS = 15_000;
/** Far more than any target needs; a leak ends here and not in the machine's memory. */
const MAX_HEAP_MB = 400;

/** Fuzzes each target for its seconds in a thread of its own. Exit code 0 nothing found, 1 findings. */
export async function fuzzAll(options) {
  say(`Fuzzing with seed ${options.seed}, ${options.seconds} s each.`);
  let findings = 0;
  for (const target of targets.filter((name) => options.only === undefined || name === options.only)) {
    const report = await inThread({ ...options, target });
    tell(report, options);
    findings += report.findings.length;
  }
  process.stdout.write(
    findings === 0 ? 'fuzz: nothing found\n' : `fuzz: ${findings} findings, seed ${options.seed}\n`,
  );
  return findings === 0 ? 0 : 1;
}

/** Runs one target; its progress is watched from outside, since a thread that hangs can tell nothing. */
function inThread(options) {
  // Two numbers: the input under way (in thousands and below, as an input count may pass 2^31 in no run), and a heartbeat.
  const progress = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL('fuzz-thread.mjs', import.meta.url), {
    workerData: { ...options, progress },
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  return new Promise((resolve) => {
    const end = (what) => {
      clearInterval(watch);
      const index = Atomics.load(progress, 0);
      resolve({ target: options.target, inputs: index, counts: {}, findings: [{ index, what }] });
      void worker.terminate();
    };
    const watch = watchdog(progress, () => end(`hangs for more than ${HUNG_MS / 1000} s`));
    worker.on('message', (report) => {
      clearInterval(watch);
      resolve(report);
      void worker.terminate();
    });
    worker.on('error', (error) => end(error.stack ?? String(error)));
    worker.on('exit', (code) => end(`the thread ended by itself with ${code}`));
  });
}

function watchdog(progress, hung) {
  let last = -1;
  let since = performance.now();
  return setInterval(() => {
    const beat = Atomics.load(progress, 1);
    if (beat !== last) {
      last = beat;
      since = performance.now();
    } else if (beat > 0 && performance.now() - since > HUNG_MS) hung();
  }, 500);
}

function tell(report, { seed }) {
  const { target, inputs, seconds, slowestMs, heapMb, counts, findings, missing } = report;
  if (missing !== undefined) {
    process.stdout.write(`${target.padEnd(7)} skipped: ${missing}\n`);
    return;
  }
  const figures =
    seconds === undefined
      ? ''
      : ` in ${seconds.toFixed(1)} s, slowest ${slowestMs.toFixed(1)} ms, heap ${heapMb.toFixed(0)} MB`;
  process.stdout.write(`${target.padEnd(7)} ${inputs} inputs${figures}, ${findings.length} findings\n`);
  for (const [name, count] of Object.entries(counts).sort())
    process.stdout.write(`          ${name}: ${count}\n`);
  for (const { index, what } of findings) {
    process.stdout.write(`  input ${index}: ${what}\n`);
    process.stdout.write(
      `  repeat: npm run fuzz -- --seed ${seed} --only ${target} --from ${index} --inputs 1\n`,
    );
  }
}
