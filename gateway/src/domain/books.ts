import { countBy } from './counters.ts';
import type { Taken } from './delivery.ts';
import type { GatewayCounters } from './ports.ts';

/** Why a message was left with its device. Too many messages are no cause: a device that sends too many is read more slowly. */
export type RefusalCause =
  /** Not on this topic, not under this seal or key. */
  | 'acl'
  | 'size'
  /** No MQTT packet, or no seal, that can be read. */
  | 'malformed'
  /** The gateway has no room to decide on it now. */
  | 'overload'
  /** Under a consent epoch that no choice has told of: the device tells it and sends again. */
  | 'consent';

export type RefusedMessage =
  | Extract<Taken, { ok: false }>['reason']
  /** Refused by the link, which has not looked into them. */
  | 'publish-topic'
  | 'packet-too-large'
  | 'bad-length'
  | 'malformed-publish';

const CAUSES: Record<RefusedMessage, RefusalCause> = {
  'publish-topic': 'acl',
  'seal-auth-required': 'acl',
  'seal-not-authorised': 'acl',
  'seal-key-expired': 'acl',
  'packet-too-large': 'size',
  'bad-length': 'malformed',
  'malformed-publish': 'malformed',
  'seal-malformed': 'malformed',
  'parked-full': 'overload',
  'too-many-gaps': 'overload',
  'consent-stale': 'consent',
  'seal-unavailable': 'overload',
};

export function countRefusedMessage(counters: GatewayCounters, reason: RefusedMessage): void {
  countBy(counters.messagesRefused, CAUSES[reason]);
}

/** Messages since start, each in one place. `in` + `released` = all others together, at any moment, if nothing was lost on the way. */
export interface Books {
  in: number;
  /** Came once more, out of quarantine. */
  released: number;
  stored: number;
  duplicates: number;
  reports: number;
  quarantined: number;
  refused: Record<RefusalCause, number>;
  /** Acknowledged, and no byte of it kept: by reason. */
  discarded: Record<string, number>;
  /** In a commit that is being gathered or under way. */
  underWay: number;
  /** 0, or there is a bug. */
  difference: number;
}

/** `underWay` is counted where they wait, not what is left over: else the books could not be wrong. */
export function books(counters: GatewayCounters, underWay: number): Books {
  const { arrived, released, messages: stored, duplicates, reports } = counters;
  const refused = { acl: 0, size: 0, malformed: 0, overload: 0, consent: 0, ...counters.messagesRefused };
  const discarded = { consentMissing: 0, ...counters.discarded };
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, one) => all + one, 0);
  const quarantined = sum(counters.quarantined);
  const kept = stored + duplicates + reports + quarantined;
  const placed = kept + sum(refused) + sum(discarded) + underWay;
  const difference = arrived + released - placed;
  const counts = { in: arrived, released, stored, duplicates, reports, quarantined };
  return { ...counts, refused, discarded, underWay, difference };
}
