import type { IConnackPacket } from 'mqtt-packet';

/** What the cluster's refusals mean to who set it up (MQTT 5, 3.2.2.2, 3.9.3, 3.14.2.1). */
const CONNECT_REFUSALS: Record<number, string> = {
  132: 'the cluster does not speak MQTT 5',
  133: 'the cluster does not take the client id: see cluster.clientId',
  134: 'the cluster does not take user name and password',
  135: 'the cluster does not let this user in',
  136: 'the cluster is not available',
  137: 'the cluster is busy',
  138: 'the cluster has banned this client',
  149: 'the cluster does not take packets of this size',
  151: 'a quota of the cluster is used up',
  159: 'the cluster takes no more connections at this rate',
};

const SUBSCRIBE_REFUSALS: Record<number, string> = {
  135: 'is not allowed to this user',
  143: 'is no filter that the cluster takes',
  151: 'is over a quota of the cluster',
  158: 'is refused: the cluster has no shared subscriptions',
  162: 'is refused: the cluster has no wildcards',
};

const DISCONNECTS: Record<number, string> = {
  0: 'the cluster ended the connection',
  139: 'the cluster is shutting down',
  142: 'another client has come with the same client id: each gateway needs a cluster.clientId of its own',
  147: 'the cluster had more on its way than the receive maximum allows',
  149: 'a packet was too large for the cluster',
};

/** null = let in, with all that is needed. */
export function connackProblem({ reasonCode = 0, properties }: IConnackPacket): string | null {
  if (reasonCode >= 128) {
    const said = properties?.reasonString === undefined ? '' : ` (${properties.reasonString})`;
    return (
      (CONNECT_REFUSALS[reasonCode] ?? `the cluster refuses the connection with code ${reasonCode}`) + said
    );
  }
  if (properties?.sharedSubscriptionAvailable === false) return 'the cluster has no shared subscriptions';
  if (properties?.maximumQoS === 0) return 'the cluster has QoS 0 only: nothing would be known to be stored';
  return null;
}

/** null = all are granted with QoS 1. */
export function subackProblem(granted: readonly number[], subscriptions: readonly string[]): string | null {
  const at = granted.findIndex((code) => code !== 1);
  if (at < 0) return null;
  const code = granted[at]!;
  const why =
    SUBSCRIBE_REFUSALS[code] ?? (code < 128 ? `is granted with QoS ${code} only` : `is refused (${code})`);
  return `the subscription ${subscriptions[at]} ${why}`;
}

export function disconnectProblem(code: number): string {
  return DISCONNECTS[code] ?? `the cluster ended the connection with code ${code}`;
}
