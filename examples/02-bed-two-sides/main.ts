// A bed with two sides: two people, two sets of data, two choices.
// Prints: ^accepted 31, of the left side only
import { int, product, series, session, start, state } from '@usewire/device-sdk';

const bed = product('acme.bed-lite', 1, {
  purposes: {
    service: { basis: 'contract', code: 'service_provision' },
    health: { basis: 'consent', code: 'personalisation', special: true },
  },
  subjects: ['left', 'right'],
  points: {
    occupancy: state({ id: 1, for: 'service', perSubject: true, values: ['empty', 'occupied'] }),
    heart_rate: series({
      id: 2,
      for: 'health',
      perSubject: true,
      unit: '{beat}/min',
      range: [25, 220],
      periodMs: 1000,
    }),
    sleep: session({ id: 3, for: 'health', perSubject: true, attributes: { awakenings: int(0, 99) } }),
  },
});
const gateway = process.env.USEWIRE_GATEWAY ?? 'mqtt://127.0.0.1:1883';
const pou = start(bed, { gateway, tenant: 'acme', device: 'bed-1', dataDir: './bed-data' });

// Nothing of a purpose that rests on consent is recorded before a person has chosen. The right side has not.
pou.consent.set({ health: true }, { subject: 'left', notice: '2026-09' });

pou.occupancy.left.set('occupied');
const night = pou.sleep.left.start();
for (let second = 0; second < 29; second++) pou.heart_rate.left.add(58 + (second % 3));
pou.heart_rate.right.add(61);
night.end({ awakenings: 2 });

await pou.stop({ drainMs: 10_000 });
const { accepted } = pou.status();
console.log(`accepted ${accepted}, of the left side only`);
