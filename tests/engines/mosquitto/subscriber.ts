import { connectAsync, type MqttClient } from 'mqtt';

export interface Heard {
  topic: string;
  payload: Buffer;
  contentType: string | undefined;
  id: string | undefined;
  qos: number;
}

export interface Subscriber {
  heard: Heard[];
  client: MqttClient;
  /** Resolves when the broker has sent all that was there before this was asked. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Hears all of a topic from now on, through restarts of the broker: its session is kept. */
export async function subscribe(url: string, topic: string): Promise<Subscriber> {
  const clientId = `tests-${Math.random().toString(36).slice(2)}`;
  const client = await connectAsync(url, {
    ...{ protocolVersion: 5, clientId, clean: false, reconnectPeriod: 50 },
    properties: { sessionExpiryInterval: 600 },
  });
  const heard: Heard[] = [];
  const marks = new Map<string, () => void>();
  client.on('message', (name, payload, { properties, qos }) => {
    if (name === `marks/${clientId}`) return marks.get(String(payload))?.();
    const id = properties?.userProperties?.id;
    heard.push({ topic: name, payload, contentType: properties?.contentType, id: id && String(id), qos });
  });
  await client.subscribeAsync([topic, `marks/${clientId}`], { qos: 1 });
  return {
    heard,
    client,
    async settled() {
      const mark = `${marks.size}`;
      // A broker sends what it has for a session in the order in which it came.
      const back = new Promise<void>((resolve) => void marks.set(mark, resolve));
      await client.publishAsync(`marks/${clientId}`, mark, { qos: 1 });
      await back;
    },
    close: () => client.endAsync(true),
  };
}
