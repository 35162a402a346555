import { event, product } from '@usewire/protocol/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { batchOf, bedRecord } from '../../testing/bed-batch.ts';
import { consentBench, PILLOW } from '../../testing/consent-bench.ts';
import { createSelection } from '../select-records.ts';
import { type ConsentDesk, consentDesk } from './consent-desk.ts';
import { readEntry } from './ledger-entry.ts';
import { liveOptOuts, withoutOptedOut } from './opt-outs.ts';
import { subjectStands } from './stands.ts';

const [EVERYBODY, LEFT, RIGHT] = [0, 1, 2];
/** Marketing and sale on bases that ask nobody: the signal holds for them all the same. */
const pillow = product('acme.pillow', 1, {
  purposes: {
    service: { basis: 'contract', code: 'service_provision' },
    ads: { basis: 'legitimate_interest', code: 'marketing' },
    broker: { basis: 'legitimate_interest', code: 'sale' },
  },
  subjects: ['left', 'right'],
  points: {
    turned: event({ id: 1, for: 'service' }),
    shown: event({ id: 2, for: 'ads' }),
    sold: event({ id: 3, for: 'broker' }),
  },
});
const models = new Map([['acme/0a0b0c0d', pillow]]);
const common = { ...PILLOW, modelHash: '0a0b0c0d', product: 'acme.pillow', value: null };
const given = batchOf(
  (['left', 'right', null] as const).flatMap((subject) => [
    ...['turned', 'shown', 'sold'].map((point, seq) => bedRecord(seq, { ...common, point, subject })),
    bedRecord(9, { ...common, point: 'gap', kind: 'gap', subject }),
  ]),
  models,
);

let b: ReturnType<typeof consentBench>;
let desk: ConsentDesk;
beforeEach(() => {
  b = consentBench();
  desk = consentDesk(b.context);
});

async function signal(subject: number, isOptOut = true): Promise<void> {
  const done = desk.signal({ ...PILLOW, subject, isOptOut, by: 'Sec-GPC' });
  await b.commit();
  await done;
}

/** What a third party for everything gets, as subject and point. */
function leaving(): string[] {
  const select = withoutOptedOut(createSelection({}), liveOptOuts(b.devices));
  return select(given).records.map(({ subject, point }) => `${subject} ${point}`);
}
const all = given.records.map(({ subject, point }) => `${subject} ${point}`);

describe('U1 a signal such as Global Privacy Control', () => {
  it('ends marketing and sale to third parties for the person who sent it, on whatever basis', async () => {
    expect(leaving()).toEqual(all);
    await signal(LEFT);
    expect(leaving()).toEqual(all.filter((one) => one !== 'left shown' && one !== 'left sold'));
  });

  it('without a person is for everybody on the device', async () => {
    await signal(EVERYBODY);
    expect(leaving()).toEqual(all.filter((one) => !/shown|sold/.test(one)));
  });

  it('ends an attempt under way, and is over when it is taken back, also after a restart', async () => {
    await signal(RIGHT);
    expect(b.takenBack).toMatchObject([PILLOW]);
    b = consentBench(b.store);
    expect(leaving()).not.toContain('right sold');
    desk = consentDesk(b.context);
    await signal(RIGHT, false);
    expect(leaving()).toEqual(all);
  });

  it('is an entry of the ledger that leaves choices and epoch alone, and is shown', async () => {
    const choice = { ...PILLOW, subject: LEFT, purposes: { 8: true }, by: 'app' };
    const chosen = desk.choose({ ...choice, notice: { version: '', hash: '', language: '' } });
    await b.commit();
    await chosen;
    await signal(LEFT);
    const rows = b.store.consents(PILLOW);
    expect(readEntry(rows[1]!.body)).toMatchObject({
      how: 'opt-out',
      by: 'Sec-GPC',
      epoch: 1,
      choices: { 8: 1 },
    });
    expect(subjectStands(rows).map(({ purpose, state }) => [purpose, state])).toEqual([
      ['research', 'granted'],
      ['third parties: marketing, sale', 'refused'],
    ]);
    await signal(LEFT, false);
    expect(subjectStands(b.store.consents(PILLOW))).toHaveLength(1);
  });

  it('holds back what has no purpose that can be told', async () => {
    await signal(LEFT);
    const strange = batchOf([bedRecord(1, { ...common, point: 'nothing', subject: 'left' })], models);
    expect(withoutOptedOut(createSelection({}), liveOptOuts(b.devices))(strange).records).toEqual([]);
  });
});
