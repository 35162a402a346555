// Gateway to HTTP: batches of CloudEvents to your own service, which answers 503 first. Nothing is lost, nothing comes twice.
// Prints: ^2 requests, 1 kept under one key: acme.kettle/boiled
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { event, oneOf, product, start } from '@usewire/device-sdk';
import { createForwarders, createGateway, createHttpSink } from '@usewire/gateway';

const kept = new Map<string, { data: { product: string; point: string } }[]>();
let requests = 0;
let arrived = (): void => {};
const firstArrival = new Promise<void>((resolve) => {
  arrived = resolve;
});
const service = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    requests += 1;
    if (requests === 1) return response.writeHead(503, { 'retry-after': '0' }).end();
    // The key is the same however often a batch is sent: keep it with the data and a second delivery changes nothing.
    const body = Buffer.concat(chunks);
    const json = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    kept.set(String(request.headers['idempotency-key']), JSON.parse(json.toString()));
    response.writeHead(202).end();
    return arrived();
  });
});
await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/usage`;

const gateway = createGateway(
  { mqtt: { port: 0 }, spool: { directory: './gateway-data' } },
  { sinks: [createHttpSink({ name: 'service', url })], parts: [createForwarders().part] },
);
const { mqttPort } = await gateway.start();

const kettle = product('acme.kettle', 1, {
  purposes: { service: { basis: 'contract', code: 'service_provision' } },
  points: { boiled: event({ id: 1, for: 'service', attributes: { water: oneOf('cup', 'pot') } }) },
});
const address = `mqtt://127.0.0.1:${mqttPort}`;
const pou = start(kettle, { gateway: address, tenant: 'acme', device: 'kettle-1', dataDir: './kettle-data' });
pou.boiled({ water: 'cup' });
await pou.stop({ drainMs: 10_000 });

// A stop does not wait for a sink that is down; what it did not take stays in the spool for the next start.
await firstArrival;
await gateway.stop();
service.close();
const points = [...kept.values()].flat().map(({ data }) => `${data.product}/${data.point}`);
console.log(`${requests} requests, ${kept.size} kept under one key: ${points.join()}`);
