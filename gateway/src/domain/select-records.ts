import type { Model } from '@usewire/protocol/model';
import { type MappedPoint, mapFields } from './map-fields.ts';
import { modelKey } from './model-key.ts';
import type { SinkBatch, SinkRecord } from './ports.ts';
import { type FieldRule, hasPoint, isPicked, type PointFacts, type SinkRules } from './sink-rules.ts';

/** Records with their models, as a batch has them. */
export type Records = Pick<SinkBatch, 'records' | 'models'>;

/**
 * The one place where it is decided what a sink gets: of each record nothing, or the record as the sink's rules say it. The models are those
 * that the sink sees, the same object for as long as the model is the same.
 */
export type Selection = (given: Records) => Records;

export const everything: Selection = (given) => given;

/** A selection of its own for each sink: what it works out for a model, it keeps. */
export function createSelection(rules: SinkRules): Selection {
  if (Object.values(rules).every((rule) => rule === undefined)) return everything;
  const views = new WeakMap<Model, ModelView>();
  const viewOf = (model: Model): ModelView => {
    const view = views.get(model) ?? modelView(model, rules);
    views.set(model, view);
    return view;
  };
  return ({ records, models }) => ({
    records: records.flatMap((record) => viewOf(models.get(modelKey(record))!).see(record)),
    models: new Map([...models].map(([key, model]) => [key, viewOf(model).model])),
  });
}

/** A model as a sink sees it. Points that the sink gets nothing of are not in it, so that no empty table is made for them. */
interface ModelView {
  model: Model;
  see(record: SinkRecord): SinkRecord[];
}

/** Of every model: how many records were lost, and why. */
const GAP = 'gap';

function modelView(model: Model, rules: SinkRules): ModelView {
  const points = new Map(
    Object.entries(model.points)
      .filter(([name]) => isPicked(rules, factsOf(model, name)))
      .map(([name, point]) => [name, mapFields(point, fieldRules(rules, factsOf(model, name)))]),
  );
  const maps = new Map([...points].map(([name, { map }]) => [name, map]));
  const gap = { product: model.product, point: GAP, purpose: null };
  if (isPicked(rules, gap)) maps.set(GAP, gapMap(fieldRules(rules, gap)));
  return {
    model: { ...model, points: Object.fromEntries([...points].map(([name, { point }]) => [name, point])) },
    see(record) {
      const map = maps.get(record.point);
      return map === undefined ? [] : [map(record)];
    },
  };
}

/** A gap record says nothing of a person but whose data was lost. */
function gapMap(rules: readonly FieldRule[]): MappedPoint['map'] {
  const isNameless = rules.some(({ drop = [] }) => drop.includes('subject'));
  return (record) => (isNameless ? { ...record, subject: null } : record);
}

function factsOf(model: Model, point: string): PointFacts {
  const name = String(model.points[point]!.for);
  return { product: model.product, point, purpose: { name, code: model.purposes[name]?.code ?? '' } };
}

function fieldRules({ fields = [] }: SinkRules, facts: PointFacts) {
  return fields.filter(({ points }) => points === undefined || hasPoint(points, facts));
}
