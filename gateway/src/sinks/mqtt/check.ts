import { randomUUID } from 'node:crypto';
import { problemOf } from '../outcome.ts';
import { type MqttLinkOptions, openLink } from './link.ts';

/** Whether the broker lets these credentials in now; null = it does. Publishes nothing. */
export async function problemWithBroker(options: Omit<MqttLinkOptions, 'clientId'>): Promise<string | null> {
  // Of its own id: one that is in use would end the gateway's connection.
  const link = { ...options, clientId: `usewire-doctor-${randomUUID()}` };
  const silence = { greeting: () => [], publications: () => [] };
  try {
    (await openLink(link, silence, new AbortController().signal)).close();
    return null;
  } catch (error) {
    return problemOf(error);
  }
}
