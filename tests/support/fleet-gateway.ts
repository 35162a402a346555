import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createForwarders, createGateway, createJsonlSink, type Gateway } from '@usewire/gateway';
import { type Arrived, readArrived } from '@usewire/simulators';

export interface FleetGateway {
  gateway: Gateway;
  url: string;
  /** Stops it, so that every sink has all, and reads what the JSONL sink wrote. */
  finish(): Promise<Arrived[]>;
  remove(): void;
}

/** The whole gateway, with the store on disk and a JSONL sink, on a free port. */
export async function startFleetGateway(): Promise<FleetGateway> {
  const directory = mkdtempSync(join(tmpdir(), 'usewire-fleet-'));
  const jsonl = join(directory, 'jsonl');
  const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
  const options = {
    name: 'files',
    directory: jsonl,
    rotateBytes: 64 * 1024 * 1024,
    rotateAfterSeconds: 86_400,
  };
  const gateway = createGateway(
    { mqtt: { port: 0 }, spool: { directory: join(directory, 'spool') } },
    { sinks: [createJsonlSink(options, clock)], parts: [createForwarders().part] },
  );
  const { mqttPort } = await gateway.start();
  return {
    gateway,
    url: `mqtt://127.0.0.1:${mqttPort}`,
    async finish() {
      await gateway.stop();
      const arrived: Arrived[] = [];
      for await (const record of readArrived(jsonl, AbortSignal.timeout(60_000))) arrived.push(record);
      return arrived;
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
