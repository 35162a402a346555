import type { Clock, DeviceId, LedgerRow, SpoolStore } from '../ports.ts';
import { draftOf } from './consent-book.ts';
import { coveredBits, type DeviceConsent, fold, noConsent } from './consent-state.ts';

/** Purposes (bits of `consentBit`) for which records of a subject, recorded under an epoch, may be passed on now. */
export type Coverage = (of: DeviceId, subject: number, epoch: number) => number;

/** For whoever knows no ledger: nothing that rests on consent leaves. */
export const nobodyAgreed: Coverage = () => 0;

/** For whoever passes nothing on: all bits. */
export const everything: Coverage = () => -1;

/** By what is in memory, where every choice counts as soon as it has come. */
export function liveCoverage(
  devices: { find(id: DeviceId): { consent: DeviceConsent } | undefined },
  clock: Pick<Clock, 'nowMs'>,
): Coverage {
  return (of, subject, epoch) => {
    const consent = devices.find(of)?.consent;
    return consent === undefined ? 0 : coveredBits(consent, subject, epoch, clock.nowMs());
  };
}

/** By a store that may be written to meanwhile: `refresh` reads the entries that have come since. */
export function storedCoverage(
  store: Pick<SpoolStore, 'consents' | 'consentTenants'>,
  clock: Pick<Clock, 'nowMs'>,
): { covered: Coverage; refresh(): void } {
  const devices = new Map<string, { consent: DeviceConsent }>();
  const read = new Map<string, number>();
  const keyOf = ({ tenant, device }: DeviceId) => `${tenant}.${device}`;

  function take(row: LedgerRow): void {
    read.set(row.tenant, row.number);
    const draft = draftOf(row);
    if (draft === null || row.device === '') return;
    const known = devices.get(keyOf(row)) ?? { consent: noConsent() };
    devices.set(keyOf(row), known);
    fold(known.consent, draft, row);
  }

  function refresh(): void {
    for (const tenant of store.consentTenants()) {
      for (let rows = next(tenant); rows.length > 0; rows = next(tenant)) rows.forEach(take);
    }
  }

  function next(tenant: string): LedgerRow[] {
    return store.consents({ tenant, after: read.get(tenant) ?? 0 });
  }

  return { covered: liveCoverage({ find: (id) => devices.get(keyOf(id)) }, clock), refresh };
}
