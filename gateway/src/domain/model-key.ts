import type { SinkRecord } from './ports.ts';

/** Key of `SinkBatch.models`. With the tenant, as two tenants may have models whose short hashes are the same. */
export function modelKey({ tenant, modelHash }: Pick<SinkRecord, 'tenant' | 'modelHash'>): string {
  return `${tenant}/${modelHash}`;
}
