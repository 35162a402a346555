import { createPrivateKey, createPublicKey } from 'node:crypto';
import {
  type Direction,
  keyRing,
  type OpenContext,
  open,
  type SealContext,
  type SealLevelCode,
  seal,
} from '@usewire/protocol/seal';
import { codeName, encodeMessage, type Message, toHex } from '@usewire/protocol/wire';

export const secret = Uint8Array.from({ length: 32 }, (_, i) => i);
export const otherSecret = Uint8Array.from({ length: 32 }, (_, i) => 255 - i);

export const ed25519 = createPrivateKey({
  key: {
    kty: 'OKP',
    crv: 'Ed25519',
    x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
    d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
  },
  format: 'jwk',
});

export const p256Jwk = {
  kty: 'EC',
  crv: 'P-256',
  x: 'usWxHK2PmfnHKwXPS54m0kTcGJ90UiglWiGahtagnv8',
  y: 'IBOL-C3BttVivg-lSreASjpkttcsz-1rb7btKLv8EX4',
  d: 'V8kgd2ZBRuh2dgyVINBUqpPDr7BOMGcF22CQMIUHtNM',
};
export const p256 = createPrivateKey({ key: p256Jwk, format: 'jwk' });

/** Generation 7 and 6 are taken, 5 has expired; 8 is an ES256 key that is not current yet. */
export const ring = keyRing(7, [
  { generation: 5, secret: otherSecret },
  { generation: 6, secret: otherSecret },
  { generation: 7, secret, publicKey: createPublicKey(ed25519) },
  { generation: 8, publicKey: createPublicKey(p256) },
]);

export const bootId = Uint8Array.from([0, 9, 8, 7, 6, 5, 4, 3]);

export function dataMessage(
  seq: number,
  boot: number | Uint8Array = 417,
  records = '8184010001a201020201',
): Uint8Array {
  const modelHash = Uint8Array.from([0x93, 0x72, 0xc4, 0x70]);
  const head = { seq, boot, uptimeMs: 86411495 };
  const message: Message = { kind: 1, ...head, modelHash, epoch: 12, records: Buffer.from(records, 'hex') };
  return encodeMessage(message);
}

export const statusMessage = encodeMessage({ kind: 2, seq: 1032, boot: 417, uptimeMs: 1, state: { 0: 1 } });
export const ackMessage = encodeMessage({ kind: 4, boot: 417, nextSeq: 1033 });

export const up = { tenant: 'acme', device: 'brw7-0042', direction: 'up' as Direction };
export const dn = { ...up, direction: 'dn' as Direction };

export const sealing: SealContext = { ...up, keys: ring, signer: { generation: 7, privateKey: ed25519 } };
export const opening: OpenContext = { ...up, keys: ring };

/** One frame of every way to seal, with the context that opens it. */
export const everySeal: [name: string, level: SealLevelCode, frame: Uint8Array, context: OpenContext][] = [
  ['S1 up', 1, seal(1, dataMessage(1032), sealing), opening],
  ['S1 down', 1, seal(1, ackMessage, { ...sealing, ...dn }), { ...opening, ...dn }],
  ['S2 up', 2, seal(2, dataMessage(1032), sealing), opening],
  ['S2 up of a random boot', 2, seal(2, dataMessage(3, bootId), sealing), opening],
  ['S2 down', 2, seal(2, ackMessage, { ...sealing, ...dn, counter: 90000n }), { ...opening, ...dn }],
  ['S3 Ed25519', 3, seal(3, dataMessage(1032), sealing), opening],
  [
    'S3 ES256',
    3,
    seal(3, dataMessage(1032), { ...up, signer: { generation: 8, privateKey: p256 } }),
    opening,
  ],
];

/** What comes of a frame: its level, or the name of the code and what would be answered. */
export function outcome(frame: Uint8Array, context: OpenContext = opening): string {
  const result = open(frame, context);
  if (result.ok) return `S${result.value.level}`;
  const { code, answer } = result.error;
  return `${codeName(code)}, ${answer === null ? 'silent' : `answered ${codeName(answer)}`}`;
}

/** The frame with one stretch of its hex digits changed. */
export function spliced(frame: Uint8Array, from: string, to: string): Uint8Array {
  const hex = toHex(frame);
  if (hex.split(from).length !== 2) throw new Error(`${from} does not stand once in ${hex}`);
  return new Uint8Array(Buffer.from(hex.replace(from, to), 'hex'));
}
