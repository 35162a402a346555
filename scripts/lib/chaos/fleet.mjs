import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './child.mjs';

const script = fileURLToPath(new URL('fleet-child.mjs', import.meta.url));

/**
 * The fleet's process over all its lives; the state of its devices is on the disk.
 * @param {{seed: number, devices: number, url: string, folder: string, drainMs: number, onDeath(text: string): void}} options
 */
export function createFleetProcess({ seed, devices, url, folder, drainMs, onDeath }) {
  let life = 0;
  let child;
  let asked = true;
  let ready = Promise.resolve();
  let last = {};
  return {
    /** Begins a life. `days`: its devices lived through as many without a link first. */
    spawn(days = 0) {
      life += 1;
      asked = false;
      const options = { seed, devices, gateway: url, folder, life, drainMs, days };
      let nowReady = () => {};
      ready = new Promise((resolve) => (nowReady = resolve));
      const mine = launch({
        args: [script, JSON.stringify(options)],
        log: join(folder, 'fleet.log'),
        lines: 'stdout',
        listens: true,
        onLine: (line) => {
          last = line;
          if (line.ready) nowReady();
        },
      });
      child = mine;
      void mine.exited.then(({ code, signal }) => {
        nowReady();
        if (!asked && child === mine) onDeath(`the fleet ended by itself: code ${code}, signal ${signal}`);
      });
    },
    lives: () => life,
    /** Its devices live in real time, or it has ended. */
    ready: () => ready,
    /** The wall clocks of some devices are off by `byMs` from now on. */
    setClocks: (how) => child.tell(how),
    async end(signal) {
      asked = true;
      child?.kill(signal);
      const exit = await child?.exited;
      return { ...exit, result: last };
    },
  };
}
