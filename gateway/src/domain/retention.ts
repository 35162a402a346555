import type { Model } from '@usewire/protocol/model';

/** Days by purpose: a code of the registry ('research'), or the name of a purpose in a model. */
export type RetentionLimits = Readonly<Record<string, number>>;

/** How long records of one point may be held, from the time they came. */
export interface Retention {
  product: string;
  point: string;
  pointId: number;
  /** As the model calls it, and its code. */
  purpose: string;
  code: string;
  /** The model's, and what holds: the shorter one of it and the configuration's. */
  modelDays: number;
  days: number;
}

export const DAY_MS = 86_400_000;

/** Of every point of some models. Where two models of a product differ, both are told: the shorter one is what sinks act on. */
export function retentions(models: Iterable<Model>, limits: RetentionLimits): Retention[] {
  return [...models].flatMap((model) =>
    Object.entries(model.points).map(([point, { id: pointId, for: of, retentionDays: modelDays }]) => {
      const purpose = String(of);
      const code = model.purposes[purpose]?.code ?? '';
      const days = Math.min(modelDays, limits[purpose] ?? modelDays, limits[code] ?? modelDays);
      return { product: model.product, point, pointId, purpose, code, modelDays, days };
    }),
  );
}

/** Before this time nothing that came may be held, whatever its purpose; null = no model is known, so nothing can be said. */
export function longestHeldMs(known: readonly Retention[], nowMs: number): number | null {
  return known.length === 0 ? null : nowMs - Math.max(...known.map(({ days }) => days)) * DAY_MS;
}
