/** An MQTT 3.1.1 packet: type and flags of its first byte, what follows the fixed header, and all of its bytes. */
export interface Packet {
  type: number;
  flags: number;
  body: Buffer;
  bytes: Buffer;
}

/** Packet types (MQTT 3.1.1, 2.2.1). */
export const PacketType = { connect: 1, publish: 3, puback: 4 } as const;

/** Longer than anything that the gateway takes: whoever says so speaks no MQTT. */
const LONGEST = 1_048_576;

/** Cuts a stream into packets. What is no MQTT is handed on as it comes, from there on. */
export function packetCutter(on: { packet(packet: Packet): void; noise(bytes: Buffer): void }) {
  let rest: Buffer = Buffer.alloc(0);
  let broken = false;
  return (chunk: Buffer): void => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (!broken) {
      const head = headOf(rest);
      if (head === 'more') return;
      if (head === 'wrong') break;
      const end = head.size + head.length;
      if (rest.length < end) return;
      const bytes = rest.subarray(0, end);
      rest = rest.subarray(end);
      on.packet({ type: bytes[0]! >> 4, flags: bytes[0]! & 15, body: bytes.subarray(head.size), bytes });
    }
    broken = true;
    const noise = rest;
    rest = Buffer.alloc(0);
    on.noise(noise);
  };
}

function headOf(bytes: Buffer): { size: number; length: number } | 'more' | 'wrong' {
  let length = 0;
  for (let i = 1; i <= 4; i++) {
    const byte = bytes[i];
    if (byte === undefined) return 'more';
    length += (byte & 127) * 128 ** (i - 1);
    if (byte < 128) return length > LONGEST ? 'wrong' : { size: i + 1, length };
  }
  return 'wrong';
}

const textAt = (body: Buffer, at: number): string =>
  body.toString('utf8', at + 2, at + 2 + body.readUInt16BE(at));

/** Client id of a CONNECT: behind protocol name, level, flags and keep-alive (MQTT 3.1.1, 3.1.2). */
export const clientIdOf = (connect: Packet): string => textAt(connect.body, 10);

export interface Publish {
  topic: string;
  id: number;
  payload: Buffer;
}

/** A PUBLISH that is to be acknowledged; null at QoS 0. */
export function publishOf({ flags, body }: Packet): Publish | null {
  if ((flags & 6) === 0) return null;
  const at = 2 + body.readUInt16BE(0);
  return { topic: textAt(body, 0), id: body.readUInt16BE(at), payload: body.subarray(at + 2) };
}

/** The same PUBLISH under another packet id, marked as a resend (DUP). */
export function publishAgain({ bytes, body }: Packet, id: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[0] = copy[0]! | 8;
  copy.writeUInt16BE(id, bytes.length - body.length + 2 + body.readUInt16BE(0));
  return copy;
}
