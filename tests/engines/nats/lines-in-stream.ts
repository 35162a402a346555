import { lineOf } from '../fleet-day.ts';
import { readStream, type StreamMessage } from './stream-reader.ts';

/** Of every record in a stream, in the order of texts; twice when it is there twice. */
export async function linesInStream(url: string, stream: string): Promise<string[]> {
  return (await readStream(url, stream)).flatMap(linesOf).sort();
}

function linesOf({ events }: StreamMessage): string[] {
  return events.map(({ id, source, time, data }) => {
    const [boot = '', seq, index] = id.split('/');
    const device = source.split(':').at(-1)!;
    const atMs = Date.parse(time);
    return lineOf({ device, boot, seq: Number(seq), index: Number(index), point: data.point, atMs });
  });
}
