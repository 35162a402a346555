/** Packet types of MQTT 3.1.1 (2.2.1). */
const CONNECT = 1;
const PUBLISH = 3;
const PUBACK = 4;
const LONGEST = 1_048_576;

/** Cuts a stream of MQTT into packets: `{type, flags, body}`. A stream that is no MQTT is left alone. */
function packets(onPacket) {
  let rest = Buffer.alloc(0);
  let broken = false;
  return (chunk) => {
    if (broken) return;
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const head = headOf(rest);
      if (head === 'more') return;
      if (head === 'wrong') {
        broken = true;
        return;
      }
      const end = head.size + head.length;
      if (rest.length < end) return;
      onPacket({ type: rest[0] >> 4, flags: rest[0] & 15, body: rest.subarray(head.size, end) });
      rest = rest.subarray(end);
    }
  };
}

function headOf(bytes) {
  let length = 0;
  for (let i = 1; i <= 4; i++) {
    if (i >= bytes.length) return 'more';
    length += (bytes[i] & 127) * 128 ** (i - 1);
    if (bytes[i] < 128) return length > LONGEST ? 'wrong' : { size: i + 1, length };
  }
  return 'wrong';
}

const textAt = (body, at) => body.toString('utf8', at + 2, at + 2 + body.readUInt16BE(at));

/**
 * Listens to one connection from outside of both processes: who it is, and which messages the gateway acknowledged.
 * @param {{onClient(id: string): void, onAcked(topic: string, payload: Buffer): void}} events
 */
export function createTap({ onClient, onAcked }) {
  /** Packet id -> what was published with it and is not acknowledged. */
  const open = new Map();
  const fromDevice = packets(({ type, flags, body }) => {
    if (type === CONNECT) onClient(textAt(body, 10));
    if (type !== PUBLISH || (flags & 6) === 0) return;
    const topic = textAt(body, 0);
    const at = 2 + body.readUInt16BE(0);
    open.set(body.readUInt16BE(at), { topic, payload: Buffer.from(body.subarray(at + 2)) });
  });
  const fromGateway = packets(({ type, body }) => {
    if (type !== PUBACK) return;
    const id = body.readUInt16BE(0);
    const sent = open.get(id);
    open.delete(id);
    if (sent !== undefined) onAcked(sent.topic, sent.payload);
  });
  return { fromDevice, fromGateway };
}
