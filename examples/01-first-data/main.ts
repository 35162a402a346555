// First data in five lines: define what may be recorded, start, record.
// Prints: ^1 accepted, 1 acknowledged
import { event, oneOf, product, start } from '@usewire/device-sdk';

const kettle = product('acme.kettle', 1, {
  purposes: { service: { basis: 'contract', code: 'service_provision' } },
  points: { boiled: event({ id: 1, for: 'service', attributes: { water: oneOf('cup', 'pot') } }) },
});
const gateway = process.env.USEWIRE_GATEWAY ?? 'mqtt://127.0.0.1:1883';
const pou = start(kettle, { gateway, tenant: 'acme', device: 'kettle-1', dataDir: './kettle-data' });
pou.boiled({ water: 'pot' });

// A program that ends hands over what it has; one that is killed does so at its next start.
await pou.stop({ drainMs: 10_000 });
console.log(`${pou.status().accepted} accepted, ${pou.status().acked} acknowledged`);
