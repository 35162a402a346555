import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';
import { Stop } from '../say.mjs';
import { launch } from './child.mjs';
import { chaosModelBytes } from './model.mjs';

const bin = join(root, 'gateway', 'bin', 'usewire.js');
const START_PATIENCE_MS = 60_000;

/** Small batches, small files, a short memory: a kill meets every step of the sinks, of rotation and of pruning. */
const config = (url) => `# Made by npm run chaos.
models: [probe.model]
spool: { retentionSeconds: 20 }
sinks:
  - name: usage
    type: sqlite
    batch: { maxRecords: 150, maxAgeMs: 150 }
  - name: jsonl
    type: jsonl
    rotateBytes: 200000
    batch: { maxRecords: 120, maxAgeMs: 100 }
  - name: remote
    type: http
    url: ${url}
    timeoutMs: 800
    # By default several batches are under way at once, as they are to usage: here the order of each device is part of the verdict.
    order: kept
    batch: { maxRecords: 200, maxAgeMs: 200 }
    retry: { baseMs: 50, maxMs: 500, breakerAfter: 5, probeEveryMs: 600 }
`;

/**
 * The gateway's process over all its lives. `onDeath` hears of an end that nobody asked for.
 * @param {{folder: string, receiverUrl: string, clock: {nodeArgs: string[], env: object}, onDeath(text: string): void}} options
 */
export function createGatewayProcess({ folder, receiverUrl, clock, onDeath }) {
  const configFile = join(folder, 'usewire.yaml');
  writeFileSync(join(folder, 'probe.model'), chaosModelBytes);
  writeFileSync(configFile, config(receiverUrl));
  const args = [...clock.nodeArgs, bin, 'gateway', '--data-dir', join(folder, 'gateway')];
  args.push('--config', configFile, '--mqtt-port', '0', '--http-port', '0');
  let child;
  let ports;
  let spawnedMs = 0;
  let asked = true;
  let whenReady = () => {};
  const readyMs = [];

  return {
    /** Begins a life; does not wait for it to be ready. */
    spawn() {
      ports = undefined;
      asked = false;
      spawnedMs = performance.now();
      const mine = launch({
        args,
        env: clock.env,
        log: join(folder, 'gateway.log'),
        lines: 'stderr',
        onLine: (line) => {
          if (line.event === 'gateway.crash') onDeath(`crash: ${line.problem}`);
          if (line.event !== 'gateway.ready' || child !== mine) return;
          ports = { mqtt: line.mqttPort, http: line.httpPort };
          readyMs.push(performance.now() - spawnedMs);
          whenReady();
        },
      });
      child = mine;
      void mine.exited.then(({ code, signal }) => {
        if (asked || child !== mine) return;
        onDeath(`the gateway ended by itself: code ${code}, signal ${signal}`);
        whenReady();
      });
    },
    spawnedMs: () => spawnedMs,
    /** MQTT port of a gateway that is ready, else undefined. */
    mqttPort: () => ports?.mqtt,
    httpPort: () => ports?.http,
    readyMs: () => readyMs,
    async ready() {
      if (ports !== undefined) return;
      let timer;
      const late = new Promise((_, reject) => {
        const why = `The gateway was not ready within ${START_PATIENCE_MS / 1000} s.`;
        timer = setTimeout(() => reject(new Stop(why, 4)), START_PATIENCE_MS);
      });
      await Promise.race([new Promise((resolve) => (whenReady = resolve)), late]).finally(() =>
        clearTimeout(timer),
      );
      if (ports === undefined) throw new Stop('The gateway ended while it started; see gateway.log.', 1);
    },
    /** Sends a signal and waits for the end of the process. */
    async end(signal) {
      asked = true;
      ports = undefined;
      child?.kill(signal);
      return child?.exited;
    },
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
  };
}
