import { createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';

/** Until `answers(port)` says that somebody does; a server that ends instead is an error. */
export async function untilListening(name, { port, child, answers }) {
  const end = performance.now() + 60_000;
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    if (performance.now() > end) throw new Error(`${name} does not answer within 60 s`);
    await setImmediate();
  }
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
