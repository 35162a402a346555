import { type ConsentMessage, encodeMessage, Kind } from '@usewire/protocol/wire';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  consentBench,
  GRANTED,
  HEALTH,
  PILLOW,
  pillowChoice,
  pillowData,
  pillowTable,
  REFUSED,
  RESEARCH,
  T0,
  WITHDRAWN,
} from '../../testing/consent-bench.ts';
import { type ConsentDesk, consentDesk, type ServiceChoice } from './consent-desk.ts';
import { consentRecord } from './consent-record.ts';
import { expireAll } from './expire.ts';
import { readEntry } from './ledger-entry.ts';
import { subjectStands } from './stands.ts';

const [LEFT, RIGHT] = [1, 2];
const notice = { version: '2026-09', hash: '', language: 'de-AT' };
const modelHash = pillowTable.hash.subarray(0, 8);

let b: ReturnType<typeof consentBench>;
let desk: ConsentDesk;
beforeEach(() => {
  b = consentBench();
  desk = consentDesk(b.context);
});

async function choose(
  subject: string | number,
  purposes: Record<number, boolean>,
  more: Partial<ServiceChoice> = {},
) {
  const done = desk.choose({ ...PILLOW, subject, purposes, by: 'app', notice, ...more });
  await b.commit();
  return done;
}
const hello = (uptimeMs: number) => encodeMessage({ kind: Kind.hello, seq: 0, boot: 1, uptimeMs, modelHash });
const ack = (subject: number, epoch: number) =>
  encodeMessage({ kind: Kind.consentAck, seq: 0, boot: 1, uptimeMs: 5, epoch, subject });
async function hear(...messages: Uint8Array[]) {
  for (const message of messages) b.take(message);
  await b.commit();
}
/** What the device is told of consent, since the last look. */
function told() {
  const consents = b.sent.filter((message): message is ConsentMessage => message.kind === Kind.consent);
  b.sent.length = 0;
  return consents.map(({ subject, epoch, choices }) => [subject, epoch, { ...choices }]);
}

describe('a choice in the service', () => {
  it('is in the ledger with who, what, notice and time, in force at once, and told to the device as the whole set', async () => {
    await hear(hello(1), pillowChoice(0, 0, LEFT, { [HEALTH]: GRANTED }));
    const chosen = await choose('left', { [RESEARCH]: true });
    expect(chosen).toMatchObject({ ok: true });
    const entry = readEntry(b.store.consents(PILLOW)[1]!.body);
    expect(entry).toMatchObject({ how: 'service', by: 'app', notice, atMs: T0, epoch: 2, subject: LEFT });
    expect(told()).toEqual([[LEFT, 2, { [HEALTH]: GRANTED, [RESEARCH]: GRANTED }]]);
    await hear(pillowData(1, ['dreamt'], { epoch: 2, subject: LEFT }));
    expect(b.counters.discarded).toEqual({});
  });

  it('of no is a withdrawal after a yes, else a refusal', async () => {
    await choose(LEFT, { [HEALTH]: true });
    await choose(LEFT, { [HEALTH]: false, [RESEARCH]: false });
    expect(told().at(-1)).toEqual([LEFT, 2, { [HEALTH]: WITHDRAWN, [RESEARCH]: REFUSED }]);
    await choose(LEFT, { [HEALTH]: false });
    expect(told().at(-1)).toEqual([LEFT, 3, { [HEALTH]: WITHDRAWN, [RESEARCH]: REFUSED }]);
  });

  it('is refused with a sentence for a subject that the model does not have, or that is not known yet', async () => {
    expect(await choose('left', { [HEALTH]: true })).toMatchObject({ ok: false });
    await hear(hello(1));
    expect(await choose('middle', { [HEALTH]: true })).toMatchObject({
      problem: expect.stringContaining('no subject "middle"'),
    });
    expect(await choose('right', { [HEALTH]: true })).toMatchObject({ ok: true });
    expect(b.store.consents(PILLOW)).toHaveLength(1);
  });

  it('is told again at each hello until the device confirms it, also after a restart', async () => {
    await choose(LEFT, { [HEALTH]: true });
    told();
    await hear(hello(1));
    expect(told()).toEqual([[LEFT, 1, { [HEALTH]: GRANTED }]]);
    b = consentBench(b.store);
    await hear(hello(2));
    expect(told()).toHaveLength(1);
    await hear(ack(LEFT, 1), hello(9));
    expect(told()).toEqual([]);
    expect(b.store.consents(PILLOW)).toMatchObject([{ ackedAtMs: T0 }]);
    b = consentBench(b.store);
    await hear(hello(12));
    expect(told()).toEqual([]);
  });

  it('that the device passed over is told again under a new epoch', async () => {
    await choose(LEFT, { [HEALTH]: true });
    await choose(RIGHT, { [HEALTH]: true });
    told();
    // The first one was lost on the way.
    await hear(ack(RIGHT, 2));
    expect(told()).toEqual([[LEFT, 3, { [HEALTH]: GRANTED }]]);
    await hear(ack(LEFT, 3), hello(9));
    expect(told()).toEqual([]);
  });

  it('and one on the device, made without knowing of each other, are merged and told', async () => {
    await hear(pillowChoice(0, 0, LEFT, { [HEALTH]: GRANTED }));
    await choose(LEFT, { [RESEARCH]: true });
    told();
    await hear(pillowChoice(1, 1, LEFT, { [HEALTH]: WITHDRAWN }));
    expect(told()).toEqual([[LEFT, 3, { [HEALTH]: WITHDRAWN, [RESEARCH]: GRANTED }]]);
    await hear(pillowData(2, ['dreamt'], { epoch: 3, subject: LEFT }));
    expect(b.counters.discarded).toEqual({});
  });
});

describe('a grant with an end', () => {
  it('is over at its end: refused, in the ledger, and the device is told', async () => {
    await choose(LEFT, { [HEALTH]: true, [RESEARCH]: false }, { validUntilMs: T0 + 1_000 });
    await hear(ack(LEFT, 1), pillowData(1, ['snored'], { epoch: 1, subject: LEFT }));
    told();
    b.state.nowMs = T0 + 1_000;
    await hear(pillowData(2, ['snored'], { epoch: 1, subject: LEFT }));
    expect(b.counters.discarded).toEqual({ consentMissing: 1 });
    expireAll(b.context);
    await b.commit();
    expect(told()).toEqual([[LEFT, 2, { [RESEARCH]: REFUSED }]]);
    expect(readEntry(b.store.consents(PILLOW)[1]!.body)).toMatchObject({ how: 'expiry', epoch: 2 });
    expireAll(b.context);
    await b.commit();
    expect(b.store.consents(PILLOW)).toHaveLength(2);
  });

  it('does not come back with a choice about something else, on a device that has no clock', async () => {
    await choose(LEFT, { [HEALTH]: true }, { validUntilMs: T0 + 1_000 });
    await hear(ack(LEFT, 1));
    b.state.nowMs = T0 + 2_000;
    await hear(pillowChoice(1, 1, LEFT, { [HEALTH]: GRANTED, [RESEARCH]: GRANTED }));
    expect(b.devices.find(PILLOW)!.consent.subjects.get(LEFT)!.choices).toEqual({ [RESEARCH]: GRANTED });
  });
});

it('what stands says since when and how, and the record has the fields of ISO/IEC TS 27560', async () => {
  await choose(LEFT, { [HEALTH]: true });
  b.state.nowMs = T0 + 5_000;
  await choose(LEFT, { [RESEARCH]: false }, { by: 'shop' });
  const rows = b.store.consents(PILLOW);
  expect(subjectStands(rows)).toMatchObject([
    { subject: LEFT, purpose: 'personalisation', state: 'granted', sinceMs: T0, by: 'app', epoch: 2 },
    {
      subject: LEFT,
      purpose: 'research',
      state: 'refused',
      sinceMs: T0 + 5_000,
      by: 'shop',
      isConfirmed: false,
    },
  ]);
  expect(consentRecord(rows[1]!)).toMatchObject({
    schema_version: 'ISO/IEC TS 27560:2023',
    record_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    pii_principal_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    pii_processing: {
      privacy_notice: { version: '2026-09' },
      language: 'de-AT',
      pii_controller: 'Acme GmbH',
      jurisdiction: 'EU',
      purposes: [
        {
          code: 6,
          purpose: 'https://w3id.org/dpv#ServicePersonalisation',
          state: 'https://w3id.org/dpv#ConsentGiven',
        },
        { code: 8, state: 'https://w3id.org/dpv#ConsentRefused' },
      ],
    },
    events: [{ event_time: new Date(T0 + 5_000).toISOString(), entity: 'shop', event_type: 'service' }],
    chain: { tenant: 'acme', number: 2 },
  });
});
