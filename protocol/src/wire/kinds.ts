/** Message kinds of POU 1 (SPEC.md). Integers never change meaning and are never reused. */
export const Kind = {
  hello: 0,
  data: 1,
  status: 2,
  bye: 3,
  ack: 4,
  nack: 5,
  time: 6,
  consent: 7,
  consentAck: 8,
  choice: 9,
  config: 10,
  configAck: 11,
  modelReq: 12,
  model: 13,
  erase: 14,
  eraseAck: 15,
  exportReq: 16,
  export: 17,
  eraseReq: 18,
  eraseReceipt: 19,
} as const;
export type KindName = keyof typeof Kind;
export type KindCode = (typeof Kind)[KindName];

/** The name of a kind ('hello', ...), or 'unknown'. */
export function kindName(kind: number): KindName | 'unknown' {
  for (const name in Kind) {
    if (Kind[name as KindName] === kind) return name as KindName;
  }
  return 'unknown';
}

/** Whether messages of a kind use up a sequence number: what they carry is stored once (POU-ENV-9). */
export function consumesSeq(kind: number): boolean {
  return (
    kind === Kind.data ||
    kind === Kind.choice ||
    kind === Kind.eraseAck ||
    kind === Kind.export ||
    kind === Kind.eraseReq
  );
}
