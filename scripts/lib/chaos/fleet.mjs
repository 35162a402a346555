import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './child.mjs';

const script = fileURLToPath(new URL('fleet-child.mjs', import.meta.url));

/**
 * The fleet's process over all its lives; the state of its devices is on the disk.
 * @param {{seed: number, devices: number, port: number, folder: string, drainMs: number, onDeath(text: string): void}} options
 */
export function createFleetProcess({ seed, devices, port, folder, drainMs, onDeath }) {
  let life = 0;
  let child;
  let asked = true;
  let last = {};
  return {
    spawn() {
      life += 1;
      asked = false;
      const options = { seed, devices, gateway: `mqtt://127.0.0.1:${port}`, folder, life, drainMs };
      const mine = launch({
        args: [script, JSON.stringify(options)],
        log: join(folder, 'fleet.log'),
        lines: 'stdout',
        onLine: (line) => {
          last = line;
        },
      });
      child = mine;
      void mine.exited.then(({ code, signal }) => {
        if (!asked && child === mine) onDeath(`the fleet ended by itself: code ${code}, signal ${signal}`);
      });
    },
    lives: () => life,
    async end(signal) {
      asked = true;
      child?.kill(signal);
      const exit = await child?.exited;
      return { ...exit, result: last };
    },
  };
}
