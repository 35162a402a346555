import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createForwarders,
  createGateway,
  createJsonlSink,
  type ForwarderOptions,
  type Gateway,
  type Sink,
} from '@usewire/gateway';
import { type Arrived, readArrived } from '@usewire/simulators';
import { eventually } from './gateway-kit.ts';

export interface FleetGateway {
  gateway: Gateway;
  url: string;
  /** Stops it, so that every sink has all, and reads what the JSONL sink wrote. */
  finish(): Promise<Arrived[]>;
  remove(): void;
}

/** A sink beside the files, and how it is fed. */
export interface MoreSink {
  sink: Sink;
  options: ForwarderOptions;
}

/** The whole gateway, with the store on disk and a JSONL sink, on a free port. */
export async function startFleetGateway(more: readonly MoreSink[] = []): Promise<FleetGateway> {
  const directory = mkdtempSync(join(tmpdir(), 'usewire-fleet-'));
  const jsonl = join(directory, 'jsonl');
  const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
  const options = {
    name: 'files',
    directory: jsonl,
    rotateBytes: 64 * 1024 * 1024,
    rotateAfterSeconds: 86_400,
  };
  const own = Object.fromEntries(more.map(({ sink, options }) => [sink.name, options]));
  const forwarders = createForwarders({ sinks: own });
  const gateway = createGateway(
    { mqtt: { port: 0 }, spool: { directory: join(directory, 'spool') } },
    { sinks: [createJsonlSink(options, clock), ...more.map(({ sink }) => sink)], parts: [forwarders.part] },
  );
  const { mqttPort } = await gateway.start();
  return {
    gateway,
    url: `mqtt://127.0.0.1:${mqttPort}`,
    async finish() {
      // A stop does not wait for a sink that is down just now.
      const isDone = () => forwarders.statuses().every(({ pending }) => pending === 0);
      await eventually(isDone, 'every sink has everything', 60_000);
      await gateway.stop();
      const arrived: Arrived[] = [];
      for await (const record of readArrived(jsonl, AbortSignal.timeout(60_000))) arrived.push(record);
      return arrived;
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
