// A gateway inside a program: MQTT in, JSON Lines files and SQLite tables out. (`usewire gateway` does this from usewire.yaml.)
// Prints: ^\{.*"point":"boiled".*"value":null.*"water":"pot"
import { readdirSync, readFileSync } from 'node:fs';
import { event, oneOf, product, start } from '@usewire/device-sdk';
import { createForwarders, createGateway, createJsonlSink, createSqliteSink } from '@usewire/gateway';

const gateway = createGateway(
  { mqtt: { port: 0 }, spool: { directory: './gateway-data' } },
  {
    sinks: [
      createJsonlSink({ name: 'files', directory: './usage' }),
      createSqliteSink({ name: 'tables', file: './usage.db' }),
    ],
    parts: [createForwarders().part],
  },
);
const { mqttPort } = await gateway.start();

const kettle = product('acme.kettle', 1, {
  purposes: { service: { basis: 'contract', code: 'service_provision' } },
  points: { boiled: event({ id: 1, for: 'service', attributes: { water: oneOf('cup', 'pot') } }) },
});
const address = `mqtt://127.0.0.1:${mqttPort}`;
const pou = start(kettle, { gateway: address, tenant: 'acme', device: 'kettle-1', dataDir: './kettle-data' });
pou.boiled({ water: 'pot' });
await pou.stop({ drainMs: 10_000 });

// Stopping drains: what was acknowledged is in the files when it resolves.
await gateway.stop();
for (const name of readdirSync('./usage').filter((file) => file.endsWith('.jsonl'))) {
  process.stdout.write(readFileSync(`./usage/${name}`, 'utf8'));
}
