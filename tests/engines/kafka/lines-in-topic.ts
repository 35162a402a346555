import { lineOf } from '../fleet-day.ts';
import { readTopic, type TopicRecord } from './topic-reader.ts';

/** Of every record in a topic, in the order of texts; twice when it is there twice. */
export async function linesInTopic(broker: string, topic: string): Promise<string[]> {
  return (await readTopic(broker, topic)).map(lineOfRecord).sort();
}

function lineOfRecord({ headers, data }: TopicRecord): string {
  const [boot = '', seq, index] = headers.ce_id!.split('/');
  const atMs = Date.parse(headers.ce_time!);
  return lineOf({ ...data, boot, seq: Number(seq), index: Number(index), atMs });
}
