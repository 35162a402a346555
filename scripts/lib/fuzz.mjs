import { availableParallelism } from 'node:os';
import { fuzzInProcess } from './fuzz-process.mjs';
import { say } from './say.mjs';

/** Where the targets are; each is made by the function of its name. */
const MODULE = '/tests/fuzz/targets.ts';
/** Longer inputs are repeated by their number only. */
const MAX_HEX = 4_000;
/** More at once would measure each other. */
const MAX_AT_ONCE = 2;

/** Fuzzes each target for its seconds, two at a time where there are two cores. Exit code 0 nothing found, 1 findings. */
export async function fuzzAll(
  { targets, module = MODULE, ...options },
  write = (text) => process.stdout.write(text),
) {
  const atOnce = Math.min(MAX_AT_ONCE, availableParallelism(), targets.length);
  say(`Fuzzing with seed ${options.seed}, ${options.seconds} s each, ${atOnce} at a time.`);
  const waiting = [...targets];
  let failed = 0;
  const lane = async () => {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
      const report = await fuzzInProcess({ ...options, module, target });
      if (report.findings.length > 0) failed += 1;
      write(told(report, options.seed));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  write(`fuzz: ${targets.length - failed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

function told(report, seed) {
  const { target, inputs, seconds, slowestMs, peakMb, growthMb, counts, findings } = report;
  const figures =
    seconds === undefined
      ? ''
      : ` in ${seconds.toFixed(1)} s, slowest ${slowestMs.toFixed(1)} ms, memory at most ${peakMb.toFixed(0)} MB, grown by ${growthMb.toFixed(1)} MB`;
  const lines = [`${target.padEnd(7)} ${inputs} inputs${figures}, ${findings.length} findings`];
  for (const [name, count] of Object.entries(counts).sort()) lines.push(`          ${name}: ${count}`);
  for (const { index, what, hex } of findings) {
    lines.push(`  input ${index}: ${what}`);
    lines.push(`  repeat: npm run fuzz -- --seed ${seed} --only ${target} --from ${index} --inputs 1`);
    if (hex !== undefined && hex.length <= MAX_HEX)
      lines.push(`  keep: ${JSON.stringify({ target, what: what.split(/\r?\n/)[0], hex })}`);
  }
  return `${lines.join('\n')}\n`;
}
