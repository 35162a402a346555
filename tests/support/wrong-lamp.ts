import type { QuarantinedMessage } from '@usewire/gateway';
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
import { encodeMessage, Kind, toHex } from '@usewire/protocol/wire';
import { lampTable } from './gateway-kit.ts';

/** The lamp as it should have been: some are brighter than its model allowed. */
export const correctedLamp = product('test.lamp', 2, {
  purposes: { service: { basis: 'contract', code: 'service_provision' } },
  points: {
    switched: event({ id: 1, for: 'service', attributes: { brightness: int(0, 200) } }),
    temperature: gauge({ id: 2, for: 'service', range: [-40, 125], scale: 0.1 }),
  },
});
export const correctedBytes = encodeModel(correctedLamp);
const correctedTable = modelTable(correctedLamp);
const switched = correctedTable.points.findIndex((point) => point.name === 'switched');

/** A data message that names the lamp's model and is wrong by it: brightness 150 where 100 is the most. */
export function brightData(seq: number, brightness = 150): Buffer {
  const uptimeMs = 60_000 + seq * 1_000;
  const entries: Entry[] = [{ form: 'record', point: switched, atMs: uptimeMs, values: [brightness] }];
  return Buffer.from(
    encodeMessage({
      kind: Kind.data,
      seq,
      boot: 1,
      uptimeMs,
      modelHash: lampTable.hash.subarray(0, 4),
      epoch: 0,
      records: encodeRecords(correctedTable, uptimeMs, entries, 'plain'),
    }),
  );
}

/** As the gateway sets it aside. */
export function brightEntry(device: string, seq: number, brightness = 150): QuarantinedMessage {
  const head = { tenant: 'acme', device, receivedAtMs: 1_800_000_000_000 + seq, link: 'mqtt', topic: 'up' };
  const madeWith = toHex(lampTable.hash.subarray(0, 4));
  const why = { reason: 'outOfRange', detail: 'brightness is above its range', atByte: 20 };
  return { ...head, ...why, boot: '1', seq, madeWith, payload: brightData(seq, brightness) };
}
