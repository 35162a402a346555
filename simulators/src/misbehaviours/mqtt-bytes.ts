/** MQTT 3.1.1 packets as bytes, right ones and such as no library would write. */

export interface ConnectFields {
  protocol?: string;
  level?: number;
  /** The whole flags byte; default: clean session, user name, password and will as given. */
  flags?: number;
  keepAliveS?: number;
  will?: { topic: string; payload: Uint8Array };
  userName?: string;
  password?: string;
}

/** A control packet: first byte, remaining length, body. */
export function packet(header: number, ...parts: Uint8Array[]): Uint8Array {
  const body = join(parts);
  return join([bytes(header), remainingLength(body.length), body]);
}

export function connect(clientId: string, fields: ConnectFields = {}): Uint8Array {
  const { will, userName = clientId, password, keepAliveS = 60 } = fields;
  const flags = 2 | 0x80 | (password === undefined ? 0 : 0x40) | (will === undefined ? 0 : 0x0c);
  const parts = [text(fields.protocol ?? 'MQTT'), bytes(fields.level ?? 4, fields.flags ?? flags)];
  parts.push(number16(keepAliveS), text(clientId));
  if (will !== undefined) parts.push(text(will.topic), number16(will.payload.length), will.payload);
  parts.push(text(userName));
  if (password !== undefined) parts.push(text(password));
  return packet(0x10, ...parts);
}

/** PUBLISH at QoS 1; other qualities of service and flags by `header`. */
export function publish(topic: string, payload: Uint8Array, packetId: number, header = 0x32): Uint8Array {
  const id = (header & 6) === 0 ? bytes() : number16(packetId);
  return packet(header, text(topic), id, payload);
}

export function subscribe(packetId: number, filter: string, qos = 1): Uint8Array {
  return packet(0x82, number16(packetId), text(filter), bytes(qos));
}

export function text(value: string): Uint8Array {
  const encoded = Buffer.from(value);
  return join([number16(encoded.length), encoded]);
}

export function number16(value: number): Uint8Array {
  return bytes(value >> 8, value & 255);
}

export function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

export function remainingLength(length: number): Uint8Array {
  const found: number[] = [];
  let rest = length;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    found.push(rest > 0 ? low | 128 : low);
  } while (rest > 0);
  return Uint8Array.from(found);
}
