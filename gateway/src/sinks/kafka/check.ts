import { type KafkaSettings, mustExist } from './link.ts';
import { outcomeOf } from './outcome-of.ts';

/** Whether the cluster has the topic now; null = it has. Sends nothing. */
export async function problemWithKafka(options: KafkaSettings): Promise<string | null> {
  const clients: { close(): unknown }[] = [];
  try {
    await mustExist(options, (client) => clients.push(client));
    return null;
  } catch (error) {
    return outcomeOf(error).reason;
  } finally {
    for (const client of clients) await client.close();
  }
}
