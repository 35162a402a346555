/** What the guard needs of a CONNECT packet; the broker reads the rest. */
export interface ConnectHead {
  clientId: string;
  keepAliveS: number;
  /** Where the two bytes of keep-alive lie, from the start of the packet's body. */
  keepAliveAt: number;
  /** The byte of flags, and where it lies. */
  flags: number;
  flagsAt: number;
  /** False = close without a CONNACK: what the broker's parser lets pass. */
  flagsOk: boolean;
}

/** MQTT 3.1.1 section 3.1; null when the bytes are no CONNECT of protocol level 3 or 4. */
export function readConnect(body: Buffer): ConnectHead | null {
  if (body.length < 2) return null;
  const nameLength = body.readUInt16BE(0);
  const levelAt = 2 + nameLength;
  if (body.length < levelAt + 6) return null;
  const level = body[levelAt]!;
  if (level !== 3 && level !== 4) return null;
  const keepAliveAt = levelAt + 2;
  const idAt = keepAliveAt + 4;
  const idLength = body.readUInt16BE(keepAliveAt + 2);
  if (body.length < idAt + idLength) return null;
  const clientId = body.toString('utf8', idAt, idAt + idLength);
  const flagsAt = levelAt + 1;
  const flags = body[flagsAt]!;
  const keepAliveS = body.readUInt16BE(keepAliveAt);
  return { clientId, keepAliveS, keepAliveAt, flags, flagsAt, flagsOk: areConnectFlags(flags) };
}

/** [MQTT-3.1.2-14]: no will of QoS 3; [MQTT-3.1.2-22]: no password without a user name. */
function areConnectFlags(flags: number): boolean {
  return (flags & 0x18) !== 0x18 && (flags & 0xc0) !== 0x40;
}
