import { event, gauge, int, modelTable, product, series, state } from '@usewire/protocol/model';
import { fromHex, toHex } from '@usewire/protocol/wire';
import type { Culprit } from './misbehaviour.ts';

/** The product of the misbehaving device. Any gateway learns it from the device itself. */
export const misbehaviourModel = product('usewire.misbehaviour', 1, {
  purposes: { service: { basis: 'contract', code: 'service_provision' } },
  points: {
    switched: event({ id: 1, for: 'service', attributes: { brightness: int(0, 100) } }),
    temperature: gauge({ id: 2, for: 'service', range: [-40, 125], scale: 0.1 }),
    mode: state({ id: 3, for: 'service', values: ['off', 'on'] }),
    pulse: series({ id: 30, for: 'service', range: [25, 220], periodMs: 1000 }),
  },
});
export const misbehaviourTable = modelTable(misbehaviourModel);

/** A hex text with blanks as bytes. */
export function hex(text: string): Uint8Array {
  const found = fromHex(text.replace(/\s+/g, ''));
  if (found === null) throw new Error(`not hex: ${text}`);
  return found;
}

/** Labels of a data message in order, each `label value` in hex. */
export interface DataFields {
  kind?: string;
  seq?: string;
  boot?: string;
  uptime?: string;
  model?: string;
  epoch?: string;
  /** More labels between 5 and 7, in order. */
  between?: string;
  records?: string;
  /** Labels behind 7, in order. */
  after?: string;
  /** Number of pairs in the map's head that is not the right one, or a whole head. */
  head?: string;
}

/** One switching at brightness 5. */
export const RIGHT_RECORDS = '81 84 01 00 f6 a1 00 05';

/**
 * A data message of the culprit, every label replaceable by other hex; an empty text leaves it out. The map's head counts what there is,
 * one pair for each of `between` and `after` that is not empty.
 */
export function data(self: Culprit, fields: DataFields = {}): Uint8Array {
  const parts = [
    fields.kind ?? '00 01',
    fields.seq ?? '01 00',
    fields.boot ?? `02 48 ${toHex(self.boot)}`,
    fields.uptime ?? '03 19 03e8',
    fields.model ?? `04 44 ${toHex(misbehaviourTable.hash.subarray(0, 4))}`,
    fields.epoch ?? '05 00',
    fields.between ?? '',
    fields.records ?? `07 ${RIGHT_RECORDS}`,
    fields.after ?? '',
  ].filter((part) => part !== '');
  return hex((fields.head ?? (0xa0 + parts.length).toString(16)) + parts.join(''));
}

/** A message of another kind of the device: kind, next seq, boot, uptime, and the rest in hex with its number of pairs. */
export function report(self: Culprit, kind: string, pairs: number, rest: string): Uint8Array {
  return hex(`${(0xa4 + pairs).toString(16)} 00 ${kind} 01 00 02 48 ${toHex(self.boot)} 03 19 03e8 ${rest}`);
}

/** Says nothing new: it is not stored, however often it comes. */
export function hello(self: Culprit): Uint8Array {
  return report(self, '00', 1, `04 48 ${toHex(misbehaviourTable.hash.subarray(0, 8))}`);
}
