import type { Model } from '@usewire/protocol/model';
import { modelKey } from '../../domain/model-key.ts';
import type { SinkBatch, SinkRecord } from '../../domain/ports.ts';
import { gapRecordColumns, pointColumnsOf, type RecordColumn } from '../sql/record-columns.ts';

/** One value of a record, for formats that know names and values only. */
export interface Field {
  /** `temperature/value_celsius`, `lifted/angle_degrees`; an event that has nothing is `overheat`, true. */
  name: string;
  type: 'number' | 'text' | 'boolean';
  value: number | string | boolean;
  /** UCUM, of the point's own value. */
  unit: string | null;
}

const ofModels = new WeakMap<Model, Map<string, readonly RecordColumn[]>>();

/** What a record says, by the model's names; what is null is left out. */
export function fieldsOf(record: SinkRecord, models: SinkBatch['models']): Field[] {
  const model = models.get(modelKey(record))!;
  const unit = model.points[record.point]?.unit ?? null;
  const found = columnsOf(model, record.point).flatMap(({ name, type, read }): Field[] => {
    const value = read(record) as Field['value'] | null;
    if (value === null) return [];
    const isOwn = name === 'value' || name.startsWith('value_');
    return [{ name: `${record.point}/${name}`, type: plainType(type), value, unit: isOwn ? unit : null }];
  });
  return found.length > 0 ? found : [{ name: record.point, type: 'boolean', value: true, unit: null }];
}

/** Every field that records of a model may have. */
export function fieldNames(model: Model): { name: string; type: Field['type'] }[] {
  return [...Object.keys(model.points), 'gap'].flatMap((point) => [
    ...columnsOf(model, point).map(({ name, type }) => ({ name: `${point}/${name}`, type: plainType(type) })),
    { name: point, type: 'boolean' as const },
  ]);
}

function columnsOf(model: Model, point: string): readonly RecordColumn[] {
  const known = ofModels.get(model) ?? new Map<string, readonly RecordColumn[]>();
  ofModels.set(model, known);
  const columns = known.get(point) ?? made(model, point);
  known.set(point, columns);
  return columns;
}

function made(model: Model, point: string): readonly RecordColumn[] {
  if (point === 'gap') return gapRecordColumns.filter(({ name }) => name !== 'product');
  const found = model.points[point];
  if (found === undefined) throw new Error(`point ${point} is not in the model of ${model.product}`);
  return pointColumnsOf(found);
}

function plainType(type: RecordColumn['type']): Field['type'] {
  if (type === 'boolean') return 'boolean';
  return type === 'text' || type === 'words' ? 'text' : 'number';
}
