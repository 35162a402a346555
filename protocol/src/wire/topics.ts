/** `pou/1/<tenant>/<device>/<leaf>`: the major version is in the topic, the kind in the payload (spec/topics.md). */
export type Leaf = 'up' | 'dn' | 'st';

export interface Topic {
  tenant: string;
  device: string;
  leaf: Leaf;
}

export const topicRoot = 'pou/1';

/** Tenant and device ids: 1 to 32 of A-Z a-z 0-9 _ -. None of them means anything to MQTT, files or SQL. */
export const isId = (text: string): boolean => text.length < 33 && /^[A-Za-z0-9_-]+$/.test(text);

function isLeaf(text: string): boolean {
  return text === 'up' || text === 'dn' || text === 'st';
}

/** Ids are the caller's to check with `isId`: a wrong one here is a bug and throws. */
export function topicFor(tenant: string, device: string, leaf: Leaf): string {
  if (!isId(tenant) || !isId(device)) throw new Error('not an id: ' + tenant + ' / ' + device);
  return [topicRoot, tenant, device, leaf].join('/');
}

/** The parts of a topic of this version, or null for every other text. */
export function parseTopic(text: string): Topic | null {
  // 2 x 32 + 11 is the longest there is: bounds the work on hostile topics.
  if (text.length > 75) return null;
  const parts = text.split('/');
  if (parts.length !== 5 || parts[0] !== 'pou' || parts[1] !== '1') return null;
  if (!isId(parts[2]) || !isId(parts[3]) || !isLeaf(parts[4])) return null;
  return { tenant: parts[2], device: parts[3], leaf: parts[4] as Leaf };
}

/** MQTT client id and user name of a device. */
export function clientIdFor(tenant: string, device: string): string {
  return tenant + '.' + device;
}

/** Tenant and device of a client id, or null. The dot is in no id, so there is one way to read it. */
export function parseClientId(text: string): { tenant: string; device: string } | null {
  const dot = text.indexOf('.');
  if (dot < 0 || !isId(text.substring(0, dot)) || !isId(text.substring(dot + 1))) return null;
  return { tenant: text.substring(0, dot), device: text.substring(dot + 1) };
}
