import { recordPage } from '../admin/records.ts';
import { createRecordDecoder } from '../domain/forward-records.ts';
import type { RecordFeed, TailRecord } from './record-feed.ts';
import { readStore } from './store-reader.ts';

const PAGE = 1_000;

/** Reads a store without a gateway, or beside a running one: nothing is written. */
export function openStoreFeed(directory: string): RecordFeed {
  const { spool, model } = readStore(directory);
  const newest = spool.lastPosition();
  const decode = createRecordDecoder(model);
  return {
    async page(after) {
      const { text, next } = recordPage({ spool, decode }, after === 'end' ? newest : after, PAGE);
      const lines = text.split('\n').filter((line) => line !== '');
      return { records: lines.map((line) => JSON.parse(line) as TailRecord), next };
    },
  };
}
