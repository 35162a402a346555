// Usage without a device: a page behind a code on a lid posts over HTTP, and knows when it is stored.
// Prints: ^stored 2 scans of jar-7: opened, refilled
import { event, oneOf, product, start } from '@usewire/device-sdk';
import { httpTransport } from '@usewire/device-sdk/http';
import { createForwarders, createGateway, createSqliteSink } from '@usewire/gateway';

const gateway = createGateway(
  { mqtt: { port: 0 }, http: { port: 0 }, spool: { directory: './gateway-data' } },
  { sinks: [createSqliteSink({ name: 'tables', file: './usage.db' })], parts: [createForwarders().part] },
);
const { httpIngressPort } = await gateway.start();

const jar = product('acme.jar', 1, {
  purposes: { service: { basis: 'contract', code: 'service_provision' } },
  points: { scanned: event({ id: 1, for: 'service', attributes: { why: oneOf('opened', 'refilled') } }) },
});
const place = { gateway: `http://127.0.0.1:${httpIngressPort}`, tenant: 'acme', device: 'jar-7' };
// What is posted waits in a folder until it is answered: a phone in a cellar loses nothing.
const pou = start(jar, {
  ...place,
  gateway: 'mqtt://unused',
  dataDir: './jar-data',
  transport: httpTransport(place),
});
const scans = ['opened', 'refilled'] as const;
for (const why of scans) pou.scanned({ why });
await pou.stop({ drainMs: 10_000 });

const [device] = gateway.view.devices();
await gateway.stop();
console.log(`stored ${device?.records} scans of ${device?.device}: ${scans.join(', ')}`);
