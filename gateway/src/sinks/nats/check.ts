import { connectTo, managerOf, type NatsSettings } from './link.ts';
import { findStream, problemWithStream } from './stream.ts';

/** Whether the server has the stream now, as it has to be; null = it has, or it would be made. Makes nothing. Throws what is wrong. */
export async function problemWithNats(options: NatsSettings): Promise<string | null> {
  const connection = await connectTo(options);
  try {
    const stream = await findStream(await managerOf(connection, options), options.stream);
    if (stream !== null) return problemWithStream(stream, options);
    return options.createStream === undefined ? `there is no stream "${options.stream}"` : null;
  } finally {
    await connection.close();
  }
}
