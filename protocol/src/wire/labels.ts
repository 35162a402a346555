/** Labels of the message map. Unsigned = critical, negative = elective (SPEC.md, Envelope). Never reused. */
export const Label = {
  kind: 0,
  seq: 1,
  boot: 2,
  uptimeMs: 3,
  modelHash: 4,
  epoch: 5,
  clock: 6,
  records: 7,
  subject: 8,
  ageMs: 9,
  hardware: 10,
  levels: 11,
  nonce: 12,
  state: 13,
  reason: 14,
  choices: 15,
  nextSeq: 16,
  ranges: 17,
  code: 18,
  retryAfterMs: 19,
  detail: 20,
  validUntilMs: 21,
  recordHash: 22,
  configId: 23,
  config: 24,
  model: 25,
  requestId: 26,
  range: 27,
  count: 28,
  part: 29,
  last: 30,
} as const;
export type LabelName = keyof typeof Label;

/** Elective labels of the registry. A receiver that knows none of them loses nothing it needs. */
export const ElectiveLabel = {
  batteryPercent: -1,
  rssiDbm: -2,
  recordsDropped: -3,
  queueDepth: -4,
  temperatureC: -5,
} as const;
export type ElectiveLabelName = keyof typeof ElectiveLabel;
