import { writeSync } from 'node:fs';
import { event, int, product, start } from '@usewire/device-sdk';

/** A device in a process of its own, to be killed. Tells its parent what it tried and what was handed to the disk. */
export const tally = product('test.tally', 1, {
  purposes: { service: { basis: 'contract', code: 'service_provision' } },
  points: {
    count: event({ id: 1, for: 'service', attributes: { n: int(0, 100_000_000) } }),
    alarm: event({ id: 2, for: 'service', priority: 'critical', attributes: { n: int(0, 100_000_000) } }),
  },
});

interface Orders {
  port: number;
  dataDir: string;
  from: number;
  /** Ends in order instead of being killed. */
  drain: boolean;
}

function say(what: object): void {
  let rest = Buffer.from(`${JSON.stringify(what)}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      // The pipe is full: a busy parent reads it in a moment.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

function run({ port, dataDir, from, drain }: Orders): void {
  const pou = start(tally, {
    gateway: `mqtt://127.0.0.1:${port}`,
    tenant: 'acme',
    device: 'tally-1',
    token: 'secret',
    dataDir,
    flushIntervalMs: 30,
    syncIntervalMs: 20,
    maxMessageBytes: 512,
    minRetryMs: 10,
    maxRetryMs: 100,
  });
  if (drain) {
    pou.flush();
    void pou.stop({ drainMs: 30_000 }).then(() => {
      say({ end: pou.status() });
      process.exit(0);
    });
    return;
  }
  let next = from;
  let invalid = 0;
  const turn = (): void => {
    const burst = 1 + (next % 37);
    say({ trying: next + burst, invalid: invalid + 1 });
    for (let i = 0; i < burst; i++) {
      if (next % 97 === 0) pou.alarm({ n: next });
      else pou.count({ n: next });
      next += 1;
    }
    pou.count({ n: -1 });
    invalid += 1;
    setImmediate(() => {
      say({ handed: next, invalid });
      setImmediate(turn);
    });
  };
  turn();
}

const orders = process.argv[2];
if (orders) run(JSON.parse(orders) as Orders);
