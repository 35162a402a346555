import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGateway, type Gateway, type GatewayOptions, type GatewayPorts } from '@usewire/gateway';
import {
  type Entry,
  encodeModel,
  encodeRecords,
  event,
  gauge,
  int,
  modelTable,
  product,
} from '@usewire/protocol/model';
import { encodeMessage, type HelloMessage, Kind } from '@usewire/protocol/wire';

/** A small product for tests of the path. */
export const lamp = product('test.lamp', 1, {
  purposes: { service: { basis: 'contract', code: 'service_provision' } },
  points: {
    switched: event({ id: 1, for: 'service', attributes: { brightness: int(0, 100) } }),
    temperature: gauge({ id: 2, for: 'service', range: [-40, 125], scale: 0.1 }),
  },
});
export const lampBytes = encodeModel(lamp);
export const lampTable = modelTable(lamp);

export interface DataOptions {
  epoch?: number;
  boot?: number | Uint8Array;
  uptimeMs?: number;
  records?: number;
  clock?: { unixMs: number; quality: number; boundMs?: number };
  modelHash?: Uint8Array;
}

function indexOf(name: string): number {
  return lampTable.points.findIndex((point) => point.name === name);
}

/** A right data message of the lamp. */
export function lampData(seq: number, options: DataOptions = {}): Buffer {
  const { boot = 1, uptimeMs = 60_000 + seq * 1000, records = 2 } = options;
  const entries: Entry[] = [];
  for (let i = 0; i < records; i += 1) {
    entries.push({
      form: 'record',
      point: indexOf('switched'),
      atMs: uptimeMs + i * 10,
      values: [(seq + i) % 101],
    });
  }
  const message = {
    kind: Kind.data,
    seq,
    boot,
    uptimeMs,
    modelHash: options.modelHash ?? lampTable.hash.subarray(0, 4),
    epoch: options.epoch ?? 0,
    records: encodeRecords(lampTable, uptimeMs, entries, 'plain'),
  };
  return Buffer.from(encodeMessage(options.clock ? { ...message, clock: options.clock } : message));
}

/** The lamp tells its model. */
export function lampModelMessage(): Buffer {
  const modelHash = lampTable.hash.subarray(0, 8);
  return Buffer.from(encodeMessage({ kind: Kind.model, modelHash, model: lampBytes }));
}

export function lampHello(nextSeq: number, options: Partial<HelloMessage> = {}): Buffer {
  const modelHash = lampTable.hash.subarray(0, 8);
  return Buffer.from(
    encodeMessage({ kind: Kind.hello, seq: nextSeq, boot: 1, uptimeMs: 1000, modelHash, ...options }),
  );
}

export interface TestGateway {
  gateway: Gateway;
  mqttPort: number;
  /** 0 without TLS. */
  mqttsPort: number;
  /** 0 without a part that listens. */
  httpPort: number;
  /** 0 without messages over HTTP. */
  httpIngressPort: number;
  directory: string;
  stop(): Promise<void>;
}

/** A gateway on a free port with a store of its own that goes when it is stopped. The lamp is known unless told. */
export async function startGateway(
  options: Partial<GatewayOptions> = {},
  ports: GatewayPorts = {},
): Promise<TestGateway> {
  const directory = options.spool?.directory ?? mkdtempSync(join(tmpdir(), 'usewire-gateway-'));
  const gateway = createGateway(
    {
      models: [lampBytes],
      ...options,
      spool: { ...options.spool, directory },
      mqtt: { port: 0, ...options.mqtt },
    },
    ports,
  );
  const addresses = await gateway.start();
  const stop = async () => {
    await gateway.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  return { gateway, ...addresses, directory, stop };
}

/** Waits for a condition, looking again whenever the event loop has been round. */
export async function eventually<T>(
  read: () => T | undefined | false | null,
  what: string,
  deadlineMs = 10_000,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const value = read();
    if (value) return value;
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
