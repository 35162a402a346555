import {
  type Elective,
  electiveInt,
  Kind,
  type Message,
  type Range,
  type Value,
} from '@usewire/protocol/wire';
import fc from 'fast-check';

const maxU32 = 4294967295;

/** Small, large and edge values all come up. */
const uint = (max: number) =>
  fc.oneof(
    fc.integer({ min: 0, max: Math.min(max, 300) }),
    fc.maxSafeNat().map((n) => n % (max + 1)),
    fc.constant(max),
  );
const u32 = uint(maxU32);
const ms = fc.oneof(uint(maxU32), fc.maxSafeNat());
const bytes = (min: number, max = min) => fc.uint8Array({ minLength: min, maxLength: max });
const text = (min: number, max: number) =>
  fc
    .string({ unit: 'binary', minLength: min, maxLength: Math.floor(max / 4) })
    .filter((t) => Buffer.byteLength(t) >= min);
const boot = fc.oneof(u32, bytes(8));
const head = { seq: u32, boot, uptimeMs: ms };
const subject = fc.integer({ min: 0, max: 255 });
const clock = fc.record(
  { unixMs: ms, quality: fc.integer({ min: 0, max: 4 }), boundMs: ms },
  { requiredKeys: ['unixMs', 'quality'] },
);
const number = fc
  .oneof(fc.maxSafeInteger(), fc.integer({ min: -300, max: 300 }), fc.double(), fc.float())
  .map((n) => (n === 0 ? 0 : n));
const value: fc.Arbitrary<Value> = fc.oneof(number, fc.boolean(), text(0, 128), bytes(0, 128));
const map = <T>(item: fc.Arbitrary<T>, min: number) =>
  fc
    .uniqueArray(fc.tuple(u32, item), { minLength: min, maxLength: 8, selector: ([key]) => key })
    .map((pairs) => Object.fromEntries(pairs) as { [key: number]: T });
const range: fc.Arbitrary<Range> = fc.tuple(ms, ms).map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
const choices = (min: number) => map(fc.constantFrom(0 as const, 1 as const, 2 as const), min);
const records = fc.constantFrom('818301000a', '8182010a', '4101', '81840100f6a20001' + '01f4');
const recordBytes = records.map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));

/** Rising and apart: gaps and lengths of at least one. */
const acked = fc
  .record({
    nextSeq: fc.integer({ min: 0, max: 1e6 }),
    steps: fc.array(fc.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 0, max: 99 })), {
      maxLength: 5,
    }),
  })
  .map(({ nextSeq, steps }) => {
    let reach = nextSeq;
    const ranges = steps.map(([gap, length]): Range => {
      const first = reach + gap;
      reach = first + length + 1;
      return [first, first + length];
    });
    return ranges.length > 0 ? { nextSeq, ranges } : { nextSeq };
  });

const elective: fc.Arbitrary<Elective[]> = fc.uniqueArray(
  fc
    .tuple(fc.integer({ min: -1000, max: -1 }), fc.maxSafeInteger())
    .map(([label, n]) => electiveInt(label, n)),
  { minLength: 1, maxLength: 4, selector: (item) => item.label },
);

type Shape = Record<string, fc.Arbitrary<unknown>>;

/** `optional` names may be absent. */
function kind(of: number, needed: Shape, optional: Shape = {}): fc.Arbitrary<Message> {
  const model = { kind: fc.constant(of), ...needed, ...optional, elective };
  return fc.record(model, {
    requiredKeys: ['kind', ...Object.keys(needed)] as never[],
  }) as unknown as fc.Arbitrary<Message>;
}

const hardware = fc.record(
  { hw: text(1, 64), sw: text(1, 64), reset: fc.integer({ min: 0, max: 9 }) },
  { requiredKeys: ['hw', 'sw'] },
);
const requestId = bytes(16);
const firstOfBoot = { hardware, levels: fc.array(u32, { minLength: 1, maxLength: 8 }) };

/** Messages of every kind, with values up to their bounds. */
export const messages: Record<string, fc.Arbitrary<Message>> = {
  hello: kind(Kind.hello, { ...head, modelHash: bytes(8) }, { clock, nonce: bytes(8, 64) }),
  helloFirst: kind(Kind.hello, { ...head, modelHash: bytes(8), ...firstOfBoot }, { clock }),
  data: kind(
    Kind.data,
    { ...head, modelHash: bytes(4), epoch: u32, records: recordBytes },
    { clock, subject, ageMs: ms },
  ),
  status: kind(Kind.status, { ...head, state: map(value, 1) }, { clock }),
  bye: kind(Kind.bye, { ...head, reason: fc.integer({ min: 0, max: 9 }) }),
  ack: fc.tuple(boot, acked).map(([id, more]) => ({ kind: Kind.ack, boot: id, ...more })),
  nack: kind(
    Kind.nack,
    { code: fc.integer({ min: 1, max: 18 }) },
    { seq: u32, boot, retryAfterMs: ms, detail: text(0, 64) },
  ),
  time: kind(Kind.time, { clock }, { nonce: bytes(8, 64) }),
  consent: kind(
    Kind.consent,
    { epoch: u32, subject, choices: choices(0) },
    { validUntilMs: ms, recordHash: bytes(16, 32) },
  ),
  consentAck: kind(Kind.consentAck, { ...head, epoch: u32, subject }),
  choice: kind(Kind.choice, { ...head, epoch: u32, subject, choices: choices(1) }),
  config: kind(Kind.config, {
    configId: u32,
    config: map(fc.oneof(value, fc.array(value, { maxLength: 5 })), 0),
  }),
  configAck: kind(Kind.configAck, { ...head, configId: u32 }),
  modelReq: kind(Kind.modelReq, { modelHash: bytes(4, 32) }),
  model: kind(Kind.model, { modelHash: bytes(4, 32), model: bytes(1, 400) }),
  erase: kind(Kind.erase, { requestId }, { subject, range }),
  eraseAck: kind(Kind.eraseAck, { ...head, requestId, count: u32 }),
  exportReq: kind(Kind.exportReq, { requestId }, { range }),
  export: kind(Kind.export, {
    ...head,
    modelHash: bytes(4),
    records: recordBytes,
    requestId,
    part: u32,
    last: fc.boolean(),
  }),
  eraseReq: kind(Kind.eraseReq, { ...head, requestId }, { subject, range }),
  eraseReceipt: kind(Kind.eraseReceipt, { requestId, count: u32 }, { state: map(value, 1) }),
};
