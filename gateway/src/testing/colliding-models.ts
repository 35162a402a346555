import { encodeModel, gauge, modelTable, product } from '@usewire/protocol/model';

const purposes = { service: { basis: 'contract', code: 'service_provision' } } as const;

/**
 * Two models whose hashes begin with the same 4 bytes, found in 20 s by counting the versions of both up (a birthday search over 2^17 hashes).
 * The same point and number, so that a record of the one is a record of the other, with another meaning.
 */
export const scale = product('shop.scale', 167_642, {
  purposes,
  points: { weighed: gauge({ id: 1, for: 'service', range: [0, 200], scale: 0.1, unit: 'kg' }) },
});
export const heater = product('shop.heater', 73_035, {
  purposes,
  points: { heated: gauge({ id: 1, for: 'service', range: [-100, 2000], scale: 0.01, unit: 'Cel' }) },
});

export const scaleBytes = encodeModel(scale);
export const heaterBytes = encodeModel(heater);
export const scaleTable = modelTable(scale);
export const heaterTable = modelTable(heater);
/** Of both. */
export const sharedHash = 'afb2aec3';
