import { watchMemory } from './memory.ts';
import { type FuzzRandom, fuzzRandom } from './random.ts';
import type { BytesTarget, FuzzTarget } from './target.ts';

/** An input that did what none may do. `index` and the seed make it again. */
export interface FuzzFinding {
  index: number;
  what: string;
  /** Of targets whose input is bytes: what to keep in regressions.json, in hex. */
  hex?: string;
}

export interface FuzzReport {
  target: string;
  seed: string;
  inputs: number;
  seconds: number;
  slowestMs: number;
  peakMb: number;
  growthMb: number;
  counts: Record<string, number>;
  findings: FuzzFinding[];
}

export interface FuzzOptions {
  name: string;
  create(): FuzzTarget | Promise<FuzzTarget>;
  seed: string;
  /** First input; default 0. */
  from?: number;
  /** Ends after so many inputs, or so many ms, whichever comes first. */
  inputs?: number;
  budgetMs?: number;
  /** Called before every input: a watchdog elsewhere knows which one hangs. */
  onInput?(index: number): void;
}

const HANG_MS = 100;
const MAX_FINDINGS = 5;

/** Feeds a target input after input, each from the seed and its own number, and keeps what went wrong. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { name, seed, from = 0, inputs = Infinity, budgetMs = Infinity } = options;
  const begun = performance.now();
  const memory = watchMemory();
  const findings: FuzzFinding[] = [];
  let target = await options.create();
  let index = from;
  const found = (what: string | undefined): void => {
    if (what !== undefined) findings.push({ index, what, hex: hexOf(target, fuzzRandom(seed, name, index)) });
  };
  /** Of whichever ends the run first. */
  const done = (): number => Math.max((index - from) / inputs, (performance.now() - begun) / budgetMs);
  let slowestMs = 0;
  let settled = false;
  while (done() < 1 && findings.length < MAX_FINDINGS) {
    options.onInput?.(index);
    const outcome = await attempt(target, () => fuzzRandom(seed, name, index));
    slowestMs = Math.max(slowestMs, outcome.ms);
    const what = outcome.what ?? memory.afterInput();
    found(what);
    if (what !== undefined) {
      await target.close().catch(() => undefined);
      target = await options.create();
    }
    index += 1;
    // What waits for the event loop (unhandled rejections, timers) gets its turn.
    if (index % 256 === 0) await new Promise((resolve) => setImmediate(resolve));
    if (!settled && done() > 0.1) memory.settle();
    settled ||= done() > 0.1;
  }
  found(memory.atEnd());
  await target.close().catch((error: Error) => found(`at the end: ${error.message}`));
  const seconds = (performance.now() - begun) / 1000;
  const figures = { seconds, slowestMs, peakMb: memory.peakMb(), growthMb: memory.growthMb() };
  return { target: name, seed, inputs: index - from, ...figures, counts: target.counts(), findings };
}

function hexOf(target: FuzzTarget, random: FuzzRandom): string | undefined {
  return 'make' in target ? Buffer.from((target as BytesTarget).make(random)).toString('hex') : undefined;
}

async function attempt(target: FuzzTarget, random: () => FuzzRandom): Promise<{ ms: number; what?: string }> {
  // A busy machine makes one run slow; an input that hangs is slow each time.
  let ms = Infinity;
  for (let again = 0; again < 3 && ms > HANG_MS; again += 1) {
    const begun = performance.now();
    const cpu = process.cpuUsage();
    try {
      await target.once(random());
    } catch (error) {
      return { ms: 0, what: (error as Error).stack ?? String(error) };
    }
    const { user, system } = process.cpuUsage(cpu);
    // Whichever is less: waiting for a turn of the event loop is no work, and waiting for a busy processor neither.
    ms = Math.min(ms, performance.now() - begun, (user + system) / 1000);
  }
  return ms > HANG_MS ? { ms, what: `takes ${Math.round(ms)} ms, three times` } : { ms };
}
