import { natsState } from '@usewire/gateway';
import { afterAll, beforeAll, describe } from 'vitest';
import { sharedStateContract } from '../../contract/shared-state-contract.ts';
import { findNats, type NatsServer, startNats } from './server.mjs';

const bin = findNats();
const why = bin ? '' : ' (skipped: no nats-server here)';
const log = { debug() {}, info() {}, warn() {}, error() {} };
const scheduler = {
  soon: (task: () => void) => void setImmediate(task),
  after(delayMs: number, task: () => void) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

describe.skipIf(bin === null)(`shared state in NATS${why}`, () => {
  let server: NatsServer;
  let buckets = 0;

  beforeAll(async () => {
    server = await startNats(bin!);
  });
  afterAll(() => server.remove());

  sharedStateContract(async () => {
    buckets += 1;
    const options = { servers: [server.url], bucket: `state-${buckets}`, replicas: 1 };
    return {
      join: () => natsState(options, { log, scheduler }),
      async goAway() {
        await server.kill();
        return () => server.start();
      },
      end: async () => {},
    };
  });
});
