import { fork, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PENDING = 1_000_000;
const DEVICES = 10_000;
/** MAX_UNSAVED_ROWS of the keeper. */
const UNSAVED = 200_000;
const GOAL_MS = 2_000;

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const bin = here('../../gateway/bin/usewire.js');

function ended(child) {
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
}

async function fill(directory, messages, saved) {
  const child = fork(here('./lib/gateway/fill-store.mjs'));
  child.send({ directory, messages, saved, devices: DEVICES });
  const how = await ended(child);
  if (how !== 'SIGKILL') throw new Error(`filling the store ended with ${how}`);
}

/** A sink that cannot be reached: everything stays pending. Nothing listens on port 9. */
function configure(root, name) {
  const directory = join(root, name);
  mkdirSync(directory);
  const file = join(root, `${name}.yaml`);
  const sink = { name: 'unreachable', type: 'http', url: 'http://127.0.0.1:9/in' };
  // JSON is YAML. The ports are looked up from the log: 0 = any.
  const config = {
    dataDirectory: directory,
    listen: { mqtt: { port: 0 } },
    admin: { port: 0 },
    sinks: [sink],
  };
  writeFileSync(file, JSON.stringify(config));
  return { directory, file };
}

function portOf(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += chunk;
      const found = /"event":"gateway.ready".*?"httpPort":(\d+)/.exec(text);
      if (found) resolve(Number(found[1]));
    });
    child.once('exit', () => reject(new Error(`the gateway ended: ${text}`)));
  });
}

/** Milliseconds from the start of the process until /readyz says 200; then the process is killed. */
async function startToReady(file, pending) {
  const started = performance.now();
  const child = spawn(process.execPath, [bin, 'gateway', '--config', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const gone = ended(child);
  const url = `http://127.0.0.1:${await portOf(child)}`;
  const answer = await fetch(`${url}/readyz`);
  const tookMs = performance.now() - started;
  if (answer.status !== 200) throw new Error(`/readyz: ${answer.status} ${await answer.text()}`);
  const status = await (await fetch(`${url}/api/status`)).json();
  if (status.sinks[0].pending !== pending) throw new Error(`pending: ${status.sinks[0].pending}`);
  child.kill('SIGKILL');
  await gone;
  return tookMs;
}

/** The stores that are started on: how many of the pending messages are in the snapshot. */
const stores = (pending) => ({
  allSaved: { pending, saved: pending },
  mostUnsaved: { pending, saved: Math.max(0, pending - UNSAVED) },
  noneSaved: { pending, saved: 0 },
  empty: { pending: 0, saved: 0 },
});

async function measure(root, rounds, pending) {
  const took = {};
  const cases = Object.entries(stores(pending));
  for (const [name, store] of cases) {
    took[name] = [];
    await fill(configure(root, name).directory, store.pending, store.saved);
  }
  // Round 0 does not count: the disk is still writing what was made above.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, store] of cases) {
      const { directory, file } = configure(root, `${name}-${round}`);
      cpSync(join(root, name), directory, { recursive: true });
      const tookMs = await startToReady(file, store.pending);
      if (round > 0) took[name].push(tookMs);
      rmSync(directory, { recursive: true });
    }
  }
  return took;
}

function summary(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return { medianMs: Math.round(sorted[sorted.length >> 1]), maxMs: Math.round(sorted.at(-1)) };
}

function table(figures, pending) {
  const line = (text, { medianMs, maxMs }, goal = '') =>
    `  ${text.padEnd(49)} median ${String(medianMs).padStart(5)} ms, slowest ${String(maxMs).padStart(5)} ms${goal}`;
  const goal = ` (goal ${GOAL_MS})`;
  return [
    `  ${pending} pending messages of ${DEVICES} devices, a hole behind each; spawn to 200 on /readyz, after kill -9`,
    line('killed after a save', figures.allSaved, goal),
    line(`killed ${UNSAVED} rows after the last save: the most`, figures.mostUnsaved, goal),
    line('never saved: cannot come about', figures.noneSaved, goal),
    line('an empty store, for comparison', figures.empty),
  ].join('\n');
}

/** How long devices have to wait for a gateway that was killed with a million messages pending (P5). */
export async function run({ json = false, quick = false } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'usewire-start-'));
  const pending = quick ? PENDING / 10 : PENDING;
  try {
    const took = await measure(root, quick ? 3 : 5, pending);
    const figures = Object.fromEntries(Object.entries(took).map(([name, values]) => [name, summary(values)]));
    (json ? process.stderr : process.stdout).write(`${table(figures, pending)}\n`);
    return { pending, goalMs: GOAL_MS, ...figures };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
