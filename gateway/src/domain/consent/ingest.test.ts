import { encodeModel, sha256 } from '@usewire/protocol/model';
import { Code, encodeMessage, Kind } from '@usewire/protocol/wire';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  consentBench,
  GRANTED,
  HEALTH,
  pillow2,
  pillowChoice,
  pillowData,
  pillowTable,
  RESEARCH,
  WITHDRAWN,
} from '../../testing/consent-bench.ts';
import { books } from '../books.ts';
import { quarantineDesk } from '../quarantine-desk.ts';

const LEFT = 1;
const LEFT_AT_1 = { epoch: 1, subject: LEFT };

let b: ReturnType<typeof consentBench>;
beforeEach(() => {
  b = consentBench();
});
const even = () => expect(books(b.counters, 0).difference).toBe(0);
const bytesKept = () => b.rows().length + b.store.quarantine({}).length;

describe('data that nobody has agreed to', () => {
  it('is acknowledged, told by consent-missing, and discarded: no byte of it is kept anywhere', async () => {
    const bytes = pillowData(0, ['snored'], { subject: LEFT });
    expect(b.take(bytes, 7)).toEqual({ ok: true, quarantined: false });
    expect(b.acked).toEqual([]);
    await b.commit();
    expect(b.acked).toEqual([7]);
    expect(b.sent).toMatchObject([{ kind: Kind.nack, code: Code.consentMissing, boot: 1, seq: 0 }]);
    expect(bytesKept()).toBe(0);
    expect(books(b.counters, 0)).toMatchObject({ in: 1, stored: 0, discarded: { consentMissing: 1 } });
    even();
  });

  it('counts as come: its number is not missing, also after a kill, and it is not taken when it comes again', async () => {
    b.take(pillowData(0, ['turned']));
    b.take(pillowData(1, ['snored'], { subject: LEFT }));
    b.take(pillowData(2, ['turned']));
    await b.commit();
    expect(b.devices.gaps()).toEqual([]);
    const next = consentBench(b.store);
    expect(next.devices.gaps()).toEqual([]);
    next.take(pillowData(1, ['turned']));
    await next.commit();
    expect(next.counters.duplicates).toBe(1);
    const { saved, ...state } = next.devices.changed();
    next.store.checkpoint(state);
    saved();
    expect(consentBench(next.store).devices.gaps()).toEqual([]);
  });

  it('takes its whole message along, and leaves messages alone whose purposes rest on something else', async () => {
    b.take(pillowChoice(0, 0, LEFT, { [HEALTH]: GRANTED }));
    b.take(pillowData(1, ['turned', 'snored', 'dreamt'], LEFT_AT_1));
    b.take(pillowData(2, ['turned'], LEFT_AT_1));
    b.take(pillowData(3, ['snored'], LEFT_AT_1));
    await b.commit();
    expect(b.rows().map(({ seq }) => seq)).toEqual([0, 2, 3]);
    expect(b.counters.discarded).toEqual({ consentMissing: 1 });
    even();
  });

  it('is what was recorded before a withdrawal, from the choice on, in the same commit', async () => {
    b.take(pillowChoice(0, 0, LEFT, { [HEALTH]: GRANTED }));
    b.take(pillowData(1, ['snored'], LEFT_AT_1));
    b.take(pillowChoice(2, 1, LEFT, { [HEALTH]: WITHDRAWN }));
    b.take(pillowData(3, ['snored'], LEFT_AT_1));
    await b.commit();
    expect(b.rows().map(({ seq }) => seq)).toEqual([0, 1, 2]);
  });
});

describe('data under an epoch that no choice has told of', () => {
  it('is not acknowledged and stays with the device, which is told to say its choice again', async () => {
    const answer = b.take(pillowData(1, ['snored'], LEFT_AT_1), 9);
    expect(answer).toEqual({ ok: false, reason: 'consent-stale' });
    expect(b.sent).toMatchObject([{ kind: Kind.nack, code: Code.consentStale, seq: 1 }]);
    await b.commit();
    expect([b.acked, bytesKept()]).toEqual([[], 0]);
    b.take(pillowChoice(0, 0, LEFT, { [HEALTH]: GRANTED }));
    b.take(pillowData(1, ['snored'], LEFT_AT_1));
    await b.commit();
    expect(b.rows().map(({ seq }) => seq)).toEqual([0, 1]);
  });
});

describe('data that waits in quarantine', () => {
  it('for its model is judged when the model comes, by the choices of then', async () => {
    b.take(pillowChoice(0, 0, LEFT, { [HEALTH]: GRANTED, [RESEARCH]: GRANTED }));
    const bytes = encodeModel(pillow2);
    const hash = sha256(bytes);
    for (const [seq, point] of [
      [1, 'snored'],
      [2, 'dreamt'],
    ] as const) {
      const data = pillowData(seq, [point], LEFT_AT_1);
      // The same records, of the model to come.
      const at = Buffer.from(data).indexOf(pillowTable.hash.subarray(0, 4));
      data.set(hash.subarray(0, 4), at);
      b.take(data);
    }
    await b.commit();
    expect(b.store.quarantine({})).toHaveLength(2);
    b.take(pillowChoice(3, 1, LEFT, { [HEALTH]: WITHDRAWN }));
    b.take(encodeMessage({ kind: Kind.model, modelHash: hash, model: bytes }));
    await b.commit();
    expect(b.store.quarantine({})).toHaveLength(0);
    expect(b.rows().map(({ seq }) => seq)).toEqual([0, 3, 2]);
    expect(b.counters.discarded).toEqual({ consentMissing: 1 });
    even();
  });

  it('leaves it by a replay, and is discarded, when its person has not agreed', async () => {
    const entry = {
      tenant: 'acme',
      device: 'pillow-1',
      receivedAtMs: 1,
      reason: 'schema',
      detail: '',
      link: 'test',
    };
    const payload = pillowData(0, ['snored'], { subject: LEFT });
    const ahead = pillowData(1, ['snored'], { subject: LEFT, epoch: 5 });
    await b.store.commit(
      [],
      [
        { ...entry, payload },
        { ...entry, payload: ahead },
      ],
    );
    const desk = quarantineDesk(b.context);
    const request = { filter: {}, by: 'test', limit: 10 };
    const dry = desk.replay({ ...request, dryRun: true });
    await b.commit();
    expect(await dry).toMatchObject({ report: { discarded: 1, stored: 0, refused: { consentStale: 1 } } });
    expect(b.store.quarantine({})).toHaveLength(2);
    const done = desk.replay({ ...request, dryRun: false });
    await b.commit();
    expect(await done).toMatchObject({ report: { discarded: 1, stored: 0, refused: { consentStale: 1 } } });
    expect(b.store.quarantine({}).map(({ payload: kept }) => kept)).toEqual([ahead]);
    even();
  });
});
