import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

/** One message of a stream, as a consumer sees it. */
export interface StreamMessage {
  subject: string;
  id: string;
  events: { id: string; source: string; time: string; data: { point: string; value?: unknown } }[];
}

/** Everything in a stream, in order; nothing when there is no such stream. */
export async function readStream(url: string, stream: string): Promise<StreamMessage[]> {
  return withManager(url, async (manager) => {
    const streams = await manager.streams.list().next();
    const info = streams.find(({ config }) => config.name === stream);
    const found: StreamMessage[] = [];
    for (let seq = info?.state.first_seq ?? 1; seq <= (info?.state.last_seq ?? 0); seq += 1) {
      const message = await manager.streams.getMessage(stream, { seq });
      if (message === null) continue;
      const { subject } = message;
      found.push({ subject, id: message.header.get('Nats-Msg-Id'), events: message.json() });
    }
    return found;
  });
}

export async function withManager<T>(
  url: string,
  work: (manager: JetStreamManager) => Promise<T>,
): Promise<T> {
  const connection = await connect({ servers: url });
  try {
    return await work(await jetstreamManager(connection));
  } finally {
    await connection.close();
  }
}
