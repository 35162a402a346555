import { limits } from './limits.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/** A label that a receiver may ignore, with its encoded item untouched. */
export interface Elective {
  /** Negative. */
  label: number;
  item: Uint8Array;
}

/** An elective label with an integer, as battery and queue depth are. */
export function electiveInt(label: number, value: number): Elective {
  const writer = new Writer(9);
  writer.int(value);
  return { label: label, item: writer.finish() };
}

/** The integer of an elective label; null when it is absent or no integer. */
export function readElectiveInt(elective: Elective[] | undefined, label: number): number | null {
  const list = elective || [];
  for (let i = 0; i < list.length; i++) {
    if (list[i].label !== label) continue;
    const reader = new Reader(list[i].item);
    const value = reader.int();
    reader.finish();
    return reader.code === 0 ? value : null;
  }
  return null;
}

/** Throws where a caller's list could not be decoded again: labels are negative and in falling order once sorted. */
export function sortedElective(elective: Elective[] | undefined): Elective[] {
  const list = (elective || []).slice(0).sort(function (a, b) {
    return b.label - a.label;
  });
  for (let i = 0; i < list.length; i++) {
    const label = list[i].label;
    if (!(label < 0 && label >= -limits.maxInt) || Math.floor(label) !== label)
      throw new Error('elective label ' + label);
    if (i > 0 && list[i - 1].label === label) throw new Error('elective label ' + label + ' twice');
  }
  return list;
}
