import { type Leaf, parseTopic } from '@usewire/protocol/wire';
import type { DeviceId } from './ports.ts';

function isOwn(id: DeviceId, topic: string, leaves: readonly Leaf[]): boolean {
  const parsed = parseTopic(topic);
  if (parsed === null || !leaves.includes(parsed.leaf)) return false;
  return parsed.tenant === id.tenant && parsed.device === id.device;
}

/** A device publishes to its own `up` and `st`, and to nothing else: not to others, not to `$SYS`. Wills obey the same rule. */
export function mayPublish(id: DeviceId, topic: string): boolean {
  return isOwn(id, topic, ['up', 'st']);
}

/** A device subscribes to its own `dn`, without wildcards. */
export function maySubscribe(id: DeviceId, filter: string): boolean {
  return isOwn(id, filter, ['dn']);
}

/** A will says that the device was lost: on `st`, never telemetry. */
export function mayLeaveWill(id: DeviceId, topic: string): boolean {
  return isOwn(id, topic, ['st']);
}
