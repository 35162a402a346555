import type { ModelTable, PointTable } from './table.ts';

/** The bit of a purpose code in a set of purposes. Codes that the registry does not have share one, which nothing ever grants. */
export function consentBit(code: number): number {
  return 1 << (code >= 1 && code <= 30 ? code : 31);
}

/**
 * `consentBit` of a point's purpose where that rests on consent, else 0. A point without a purpose that is not the gap point is of a table
 * that is wrong: it rests on a consent that nobody can give.
 */
export function pointConsent(table: ModelTable, point: PointTable): number {
  if (point.id === 0) return 0;
  const purpose = table.purposes[point.purpose];
  if (purpose === undefined) return consentBit(0);
  return purpose.needsConsent ? consentBit(purpose.code) : 0;
}
